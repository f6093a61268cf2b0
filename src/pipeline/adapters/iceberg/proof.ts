/**
 * Proof that the written files hold exactly what the ledger froze, before anybody can see them.
 *
 * Three independent looks have to agree: the footers (rows, and that every row lies in the
 * partition its file claims), the content as it is read back (digest and distinct offsets per Kafka
 * partition), and the batch's ranges from the ledger. Each difference is named with the range, what
 * was expected and what was found. Pure functions; nothing is removed here.
 */
import { TidemarkError } from '../../errors.ts';
import {
  addDigests,
  type Digest,
  digestText,
  emptyDigest,
  sameDigest,
} from '../../model/digest.ts';
import { rangeName } from '../../model/range.ts';
import type { BatchRange, LakeExporter } from '../../ports/lake.ts';
import { dayOfMicros } from './bounds.ts';
import type { FileStatistics } from './parquet-statistics.ts';
import { columnIds } from './schema.ts';

export type FoundDigest = Awaited<ReturnType<LakeExporter['digests']>>[number];

const mismatch = (message: string) =>
  new TidemarkError('digest-mismatch', `${message}; compare the hot store with the ledger`);

/** Names of at most this many ranges stand in a message. */
const rangesNamedMax = 5;

interface Expected {
  readonly digest: Digest;
  readonly names: readonly string[];
}

function expectedByPartition(ranges: readonly BatchRange[]): Map<string, Expected> {
  const expected = new Map<string, Expected>();
  for (const range of ranges) {
    const key = `${range.topicId}/${range.partition}`;
    const before = expected.get(key) ?? { digest: emptyDigest, names: [] };
    const digest = addDigests(before.digest, range.digest);
    expected.set(key, { digest, names: [...before.names, rangeName(range)] });
  }
  return expected;
}

function namesText({ names }: Expected): string {
  const more = names.length - rangesNamedMax;
  const shown = names.slice(0, rangesNamedMax).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** Fails with `digest-mismatch` unless the content found is exactly the content of the ranges. */
export function proveContent(ranges: readonly BatchRange[], found: readonly FoundDigest[]): void {
  const expected = expectedByPartition(ranges);
  const seen = new Set<string>();
  for (const { topicId, partition, digest, offsetsDistinct } of found) {
    const key = `${topicId}/${partition}`;
    const wanted = expected.get(key);
    const text = digestText(digest);
    if (!wanted) throw mismatch(`files hold ${text} of ${key}, which is not in the batch`);
    if (seen.has(key)) throw mismatch(`the exporter named ${key} twice`);
    seen.add(key);
    if (!sameDigest(wanted.digest, digest)) {
      const wantedText = digestText(wanted.digest);
      throw mismatch(`${namesText(wanted)}: expected ${wantedText}, found ${text}`);
    }
    if (offsetsDistinct !== digest.rows) {
      const rows = `expected ${digest.rows} distinct offsets, found ${offsetsDistinct}`;
      throw mismatch(`${namesText(wanted)}: ${rows}`);
    }
  }
  for (const [key, wanted] of expected) {
    if (seen.has(key) || wanted.digest.rows === 0n) continue;
    const wantedText = digestText(wanted.digest);
    throw mismatch(`${namesText(wanted)}: expected ${wantedText}, found no rows`);
  }
}

export interface ClaimedFile {
  readonly path: string;
  readonly exchange: string;
  /** Days since 1970. */
  readonly day: number;
  readonly rows: bigint;
}

/**
 * Fails with `digest-mismatch` unless the footer has the claimed rows and all of them lie in the
 * claimed partition.
 */
export function provePartition(claim: ClaimedFile, statistics: FileStatistics): void {
  const { path, exchange, day, rows } = claim;
  if (statistics.rows !== rows) {
    throw mismatch(`${path}: expected ${rows} rows, found ${statistics.rows}`);
  }
  const exchanges = statistics.columns.get(columnIds.exchange)?.range;
  const times = statistics.columns.get(columnIds.tradeTime)?.range;
  if (!exchanges || !times) throw mismatch(`${path}: no statistics to prove its partition with`);
  for (const value of [exchanges.min, exchanges.max]) {
    if (value.toString() === exchange) continue;
    throw mismatch(`${path}: expected exchange ${exchange}, found ${value}`);
  }
  for (const value of [times.min, times.max]) {
    const found = dayOfMicros(value as bigint);
    if (found !== day) throw mismatch(`${path}: expected day ${day} since 1970, found ${found}`);
  }
}
