/**
 * The simulated engine's proof that its files hold exactly what the ledger froze.
 *
 * Digest and distinct offsets per Kafka partition, read from the files and not from the rows that
 * they were made of, against the sums of the batch. It repeats the rule of the native engine, which
 * has tests of its own; here it has to refuse in the same cases.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import {
  addDigests,
  type Digest,
  digestText,
  emptyDigest,
  sameDigest,
} from '../../../src/pipeline/model/digest.ts';
import type { BatchRange } from '../../../src/pipeline/ports/lake.ts';
import { partitionName } from '../stores/hot-store-table.ts';
import type { StoredRow } from '../stores/row.ts';
import { HashSum } from '../stores/row-hash.ts';

const mismatch = (message: string) => new TidemarkError('digest-mismatch', message);

interface Found {
  readonly sum: HashSum;
  offsetsDistinct: number;
}

/** As the real exporter: offsets are told apart within a file, files are added up. */
function contentOfFiles(files: ReadonlyArray<readonly StoredRow[]>): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const rows of files) {
    const offsetsByKey = new Map<string, Set<number>>();
    for (const { row, hash } of rows) {
      const key = partitionName(row.topicId, row.partition);
      const entry = found.get(key) ?? { sum: new HashSum(), offsetsDistinct: 0 };
      const offsets = offsetsByKey.get(key) ?? new Set();
      if (entry.sum.rows === 0) found.set(key, entry);
      if (offsets.size === 0) offsetsByKey.set(key, offsets);
      entry.sum.add(hash);
      offsets.add(row.offset);
    }
    for (const [key, offsets] of offsetsByKey) found.get(key)!.offsetsDistinct += offsets.size;
  }
  return found;
}

/** Fails with `digest-mismatch` unless the files hold exactly the rows of the ranges. */
export function proveFiles(
  ranges: readonly BatchRange[],
  files: ReadonlyArray<readonly StoredRow[]>,
): void {
  const wanted = new Map<string, Digest>();
  for (const range of ranges) {
    const key = partitionName(range.topicId, range.partition);
    wanted.set(key, addDigests(wanted.get(key) ?? emptyDigest, range.digest));
  }
  const found = contentOfFiles(files);
  for (const [key, { sum, offsetsDistinct }] of found) {
    const expected = wanted.get(key);
    const digest = sum.digest();
    if (expected === undefined) throw mismatch(`files hold ${key}, which is not in the batch`);
    if (!sameDigest(expected, digest)) {
      throw mismatch(`${key}: expected ${digestText(expected)}, found ${digestText(digest)}`);
    }
    if (BigInt(offsetsDistinct) !== digest.rows) {
      throw mismatch(`${key}: ${digest.rows} rows, ${offsetsDistinct} distinct offsets`);
    }
  }
  for (const [key, expected] of wanted) {
    if (found.has(key) || expected.rows === 0n) continue;
    throw mismatch(`${key}: expected ${digestText(expected)}, found no rows`);
  }
}
