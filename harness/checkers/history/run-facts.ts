/**
 * What the checkers of the run itself need of a history, folded once; others ask it how the run
 * ended.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { History, HistoryEvent } from './history.ts';
import { perHistory } from './per-history.ts';

type EventOf<T extends HistoryEvent['type']> = Extract<HistoryEvent, { type: T }>;

export interface RunFacts {
  readonly drained: ReadonlyArray<EventOf<'drained'>>;
  readonly failures: ReadonlyArray<EventOf<'service-failed'>>;
  readonly faults: ReadonlyArray<EventOf<'fault'>>;
  readonly phases: ReadonlyArray<EventOf<'phase'>>;
  /** When each process was last started. */
  readonly startedSeq: ReadonlyMap<string, number>;
  readonly endMs: number;
}

export const runFacts = perHistory((history: History): RunFacts => {
  const drained: EventOf<'drained'>[] = [];
  const failures: EventOf<'service-failed'>[] = [];
  const faults: EventOf<'fault'>[] = [];
  const phases: EventOf<'phase'>[] = [];
  const startedSeq = new Map<string, number>();
  for (const event of history.events) {
    switch (event.type) {
      case 'drained':
        drained.push(event);
        break;
      case 'service-failed':
        failures.push(event);
        break;
      case 'fault':
        faults.push(event);
        break;
      case 'phase':
        phases.push(event);
        break;
      case 'process':
        if (event.state === 'started') startedSeq.set(event.process, event.seq);
        break;
    }
  }
  const endMs = history.events.at(-1)?.atMs ?? 0;
  return { drained, failures, faults, phases, startedSeq, endMs };
});

export function isDrained(history: History): boolean {
  return drainedSeq(history) >= 0;
}

/** When a drain that was asked for ended with nothing behind; -1 when none did. */
export function drainedSeq(history: History): number {
  const last = runFacts(history).drained.at(-1);
  const whole = history.configuration.expectDrained && last?.behind.length === 0;
  return whole ? (last?.seq ?? -1) : -1;
}

export function runFinding(code: string, message: string, expected: Finding['expected'] = null) {
  return { code, layer: 'run', message, identity: null, expected, actual: [] } satisfies Finding;
}
