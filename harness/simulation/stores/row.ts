/**
 * A row as the simulated stores hold it: what the history shows of it, its hash, and the day that
 * decides its place in the lake.
 *
 * Rows are made once, by the insert that wrote them, and then shared by every part, file and event
 * that holds them; nobody changes one. An altered row is a new row.
 */
import type { Row } from '../../checkers/history/history.ts';
import type { DecodedValue } from './row-decode.ts';
import { type ContentHash, contentHash, rowHash } from './row-hash.ts';

export interface StoredRow {
  /** What events of the history carry. */
  readonly row: Row;
  readonly hash: ContentHash;
  /** Days since 1970 of the trade time. */
  readonly day: number;
}

/** The partition as part of a row's hash. */
export function partitionHash(topicId: string, partition: number): ContentHash {
  return contentHash(`${topicId}/${partition}`);
}

/** `partition` must be the hash of the same topic id and partition. */
export function storedRow(
  topicId: string,
  partition: number,
  partitionAsHash: ContentHash,
  offset: number,
  decoded: Pick<DecodedValue, 'content' | 'day' | 'hash'>,
): StoredRow {
  return {
    row: { topicId, partition, offset, content: decoded.content },
    hash: rowHash(decoded.hash, partitionAsHash, offset),
    day: decoded.day,
  };
}

/** The same identity with another content. */
export function withContent({ row, day }: StoredRow, content: string): StoredRow {
  const { topicId, partition, offset } = row;
  const hash = contentHash(content);
  const place = partitionHash(topicId, partition);
  return storedRow(topicId, partition, place, offset, { content, day, hash });
}

export const plainRows = (rows: readonly StoredRow[]): readonly Row[] => rows.map(({ row }) => row);
