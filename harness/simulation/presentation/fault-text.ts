/**
 * Faults of a schedule in words: what is done, and where it strikes.
 *
 * The words are for people who have not read the schedule's types. Durations are in seconds, like
 * the times of the journal beside which they stand.
 */
import type { Action, Fault } from '../schedule/schedule.ts';

const seconds = (ms: number) => `${ms / 1_000} s`;

function actionText(action: Action): string {
  switch (action.do) {
    case 'crash':
      return `crash, started again after ${seconds(action.restartMs)}`;
    case 'stop':
      return `asked to end, started again ${seconds(action.restartMs)} after its end`;
    case 'pause':
      return `paused for ${seconds(action.ms)}`;
    case 'lose':
      return `message lost, known to be lost after ${seconds(action.afterMs)}`;
    case 'delay':
      return `message delayed by ${seconds(action.ms)}`;
    case 'duplicate':
      return `request repeated after ${seconds(action.afterMs)}`;
    case 'slow':
      return `statement runs for ${seconds(action.ms)}`;
    case 'partition':
      return `cut off from the ${action.service} for ${seconds(action.ms)}`;
    case 'down':
      return `the ${action.service} restarts and is away for ${seconds(action.ms)}`;
    case 'clock':
      return `clock of the ${action.of} jumps by ${seconds(action.ms)}`;
    case 'environment':
      return `${action.what} (${action.n})`;
  }
}

const places = {
  before: 'before',
  'applied-unanswered': 'applied, not answered',
  answered: 'answered',
} as const;

/** `ingest-1 ledger.close no. 2, before: crash, started again after 0.3 s`. */
export function faultText({ at, action }: Fault): string {
  const { process, step, occurrence, point } = at;
  return `${process} ${step} no. ${occurrence}, ${places[point]}: ${actionText(action)}`;
}
