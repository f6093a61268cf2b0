/**
 * Short names for what producers, readers and the broker do in the cases of the log's checkers.
 *
 * Like `case-facts.ts`, on which it builds: keys follow from partition and offset unless they are
 * given. A log begins with its topic and holds what its case says, and nothing else.
 */
import { Plan } from './case-builder.ts';
import { appendTrade, at, keyOf, record, span, topicId } from './case-facts.ts';
import type { History, HistoryConfiguration, HistoryFact, LogEvent } from './history.ts';

export const topic: HistoryFact = { type: 'topic', topic: 'trades', topicId };

/** A history of these facts. */
export function log(
  facts: ReadonlyArray<HistoryFact | readonly HistoryFact[]>,
  configuration: Partial<HistoryConfiguration> = {},
): History {
  return new Plan([topic, ...facts.flat()]).history(configuration);
}

export const found = (code: string, partition: number, offset: number) => ({
  code,
  at: at(partition, offset),
});

interface SendOptions {
  readonly process?: string;
  readonly transaction?: string;
  readonly keys?: readonly string[];
}

/** `offsets` only give the keys, unless `keys` do. */
export const send = (
  number: number,
  partition: number,
  offsets: readonly number[],
  { process = 'producer-1', transaction, keys }: SendOptions = {},
): HistoryFact => ({
  type: 'send',
  process,
  send: number,
  partition,
  keys: keys ?? offsets.map((offset) => keyOf(partition, offset)),
  transaction: transaction ?? null,
});

export const told = (number: number, ...offsets: number[]): HistoryFact => ({
  type: 'send-end',
  send: number,
  outcome: 'acknowledged',
  offsets,
});

export const untold = (number: number, outcome: 'failed' | 'unknown'): HistoryFact => ({
  type: 'send-end',
  send: number,
  outcome,
  offsets: [],
});

/** Trades sent, appended and acknowledged at their offsets. */
export const sent = (
  number: number,
  partition: number,
  ...offsets: number[]
): readonly HistoryFact[] => [
  send(number, partition, offsets),
  ...appended(partition, ...offsets),
  told(number, ...offsets),
];

export const appended = (partition: number, ...offsets: number[]): readonly HistoryFact[] =>
  offsets.map((offset) => appendTrade(partition, offset));

export const appendedIn = (
  transaction: string,
  partition: number,
  ...offsets: number[]
): readonly HistoryFact[] =>
  offsets.map((offset) => ({
    type: 'append',
    record: record(partition, offset),
    transaction,
  }));

/** A record whose key is another one's. */
export const appendedKey = (key: string, partition: number, offset: number): HistoryFact => ({
  type: 'append',
  record: record(partition, offset, { key }),
  transaction: null,
});

export const committed = (transaction: string): HistoryFact => ({
  type: 'transaction',
  transaction,
  outcome: 'committed',
});

export const aborted = (transaction: string): HistoryFact => ({
  type: 'transaction',
  transaction,
  outcome: 'aborted',
});

type Why = Extract<LogEvent, { type: 'removed' }>['why'];

/** A whole span goes, or of it only some offsets. */
export const gone = (
  why: Why,
  partition: number,
  first: number,
  last: number,
  offsets: readonly number[] | null = null,
): HistoryFact => ({ type: 'removed', span: span(partition, first, last), offsets, why });

interface PollOptions {
  readonly process?: string;
  readonly reader?: number;
}

export const poll = (
  partition: number,
  first: number,
  last: number,
  offsets: readonly number[],
  { process = 'ingest-1', reader = 1 }: PollOptions = {},
): HistoryFact => ({
  type: 'poll',
  process,
  reader,
  span: span(partition, first, last),
  records: offsets.map((offset) => ({ offset, key: keyOf(partition, offset) })),
});

export const polledKey = (
  key: string,
  partition: number,
  offset: number,
  { process = 'ingest-1', reader = 1 }: PollOptions = {},
): HistoryFact => ({
  type: 'poll',
  process,
  reader,
  span: span(partition, offset, offset),
  records: [{ offset, key }],
});

export const started = (process: string): HistoryFact => ({
  type: 'process',
  process,
  state: 'started',
});

export const drained = (tookMs = 100, ...behind: string[]): HistoryFact => ({
  type: 'drained',
  boundMs: 1_000,
  tookMs,
  behind,
});
