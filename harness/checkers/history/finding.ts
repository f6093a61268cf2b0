/**
 * The findings of one checker over one history, each told once.
 *
 * An anomaly that lasts is met again and again while a history is read; what counts is that it
 * happened. So a code is kept once for each layer and record. Findings that speak about no record
 * (a snapshot, a file, a batch) are told apart by the subject that they name. Nothing is built
 * before there is something to tell.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { Identity } from './history.ts';

export type Facts = Readonly<Record<string, string | number | null>>;

export interface Anomaly {
  readonly code: string;
  readonly layer: string;
  readonly message: string;
  readonly identity: Identity | null;
  /** What it is about when there is no identity, or beside it. */
  readonly subject?: string;
  readonly expected?: Facts;
  readonly actual?: readonly Facts[];
}

export type Emit = (anomaly: Anomaly) => void;

/** For what was told already, when a part of a history is read a second time. */
export const muted: Emit = () => undefined;

export class Findings {
  readonly list: Finding[] = [];
  readonly #told = new Set<string>();

  readonly add: Emit = ({ code, layer, message, identity, subject, expected, actual }) => {
    const at = `${identity?.topicId}/${identity?.partition}:${identity?.offset}`;
    const name = `${code} ${layer} ${at} ${subject}`;
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.list.push({
      code,
      layer,
      message,
      identity: identity === null ? null : identityOf(identity),
      expected: texts(expected ?? {}),
      actual: (actual ?? []).map(texts),
    });
  };
}

const identityOf = (identity: Identity | null) => ({
  topicId: identity?.topicId ?? '',
  partition: identity?.partition ?? Number.NaN,
  offset: `${identity?.offset}`,
});

function texts(facts: Facts): Readonly<Record<string, string>> {
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(facts)) named[name] = `${value}`;
  return named;
}

export const nameOf = ({ topicId, partition }: { topicId: string; partition: number }) =>
  `${topicId}/${partition}`;
