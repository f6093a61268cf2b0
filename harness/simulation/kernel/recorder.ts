/**
 * Writes down what happens in a simulated run, in order, with virtual time.
 *
 * The list is the history that the checkers judge; its hash tells whether two runs were the same
 * run. It covers every field of every event: the hash is taken over their JSON text.
 */
import { hash } from 'node:crypto';
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

/**
 * Events a text: one call of the serializer and of the hash for an ordinary history, which costs
 * half as much as one a line, and a bound on the text for a long one.
 */
const eventsPerText = 1_000;

/** hex SHA-256 over the events of a history; of a long one over the hashes of its parts. */
export function historyHash(events: readonly HistoryEvent[]): string {
  if (events.length <= eventsPerText) return sha256(JSON.stringify(events));
  const parts: string[] = [];
  for (let at = 0; at < events.length; at += eventsPerText) {
    parts.push(sha256(JSON.stringify(events.slice(at, at + eventsPerText))));
  }
  return sha256(parts.join());
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');
