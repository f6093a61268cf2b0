/**
 * Writes down what happens in a simulated run, in order, with virtual time.
 *
 * The list is the history that the checkers judge; its hash tells whether two runs were the same
 * run.
 */
import { createHash } from 'node:crypto';
import type { HistoryEvent, HistoryFact } from '../../checkers/history/history.ts';
import type { Kernel } from './kernel.ts';

export class Recorder {
  readonly events: HistoryEvent[] = [];
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  readonly record = (fact: HistoryFact): void => {
    const seq = this.events.length + 1;
    this.events.push({ seq, atMs: this.#kernel.nowMs, ...fact });
  };
}

/** hex SHA-256 over the JSON lines of a history. */
export function historyHash(events: readonly HistoryEvent[]): string {
  const hash = createHash('sha256');
  for (const event of events) hash.update(`${JSON.stringify(event)}\n`);
  return hash.digest('hex');
}
