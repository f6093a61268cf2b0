/** A finding about a place of the log. */
import type { Finding } from '../../experiment/journal-events.ts';
import type { LogEntry } from './log-places.ts';

/** Where something is or should be. */
export interface At {
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
}

export type Fields = Readonly<Record<string, string>>;

export function logFinding(
  code: string,
  { topicId, partition, offset }: At,
  message: string,
  expected: Fields | null = null,
  actual: readonly Fields[] = [],
): Finding {
  const identity = { topicId, partition, offset: `${offset}` };
  return { code, layer: 'log', message, identity, expected, actual };
}

export function placeName({ partition, offset }: At): string {
  return `${partition}:${offset}`;
}

/** What the log holds, for people. */
export function entryFields({ record, transaction }: LogEntry): Fields {
  const { partition, offset, key, content } = record;
  return {
    partition: `${partition}`,
    offset: `${offset}`,
    key,
    content,
    transaction: transaction?.name ?? '',
    outcome: transaction?.outcome ?? '',
  };
}
