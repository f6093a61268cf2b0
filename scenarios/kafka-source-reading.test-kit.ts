/**
 * Reading blocks in the tests of the Kafka source: rows as a person sees them, and
 * what every block must obey.
 *
 * The reader of RowBinary is naive on purpose. Each block is checked as it comes: its counts
 * describe its rows, and it starts where the one before ended.
 */

import { expect } from 'vitest';
import { systemClock, waitFor } from '../harness/system-clock.ts';
import { TidemarkError } from '../src/pipeline/errors.ts';
import type { RecordBlock } from '../src/pipeline/model/record-block.ts';
import type { LogSource, PartitionReader, TopicInfo } from '../src/pipeline/ports/log-source.ts';
import type { Logger } from '../src/pipeline/ports/logger.ts';

export const limits = { rowsMax: 100_000, bytesMax: 64 * 1024 * 1024, lingerMs: 400 };
const readMsMax = 60_000;

export interface Row {
  offset: number;
  value: string | null;
}

/** The rows of a block, after checking that `rows` and `offsetSum` describe them. */
export function rowsOf(block: RecordBlock): Row[] {
  const bytes = Buffer.from(block.body);
  const rows: Row[] = [];
  for (let at = 0; at < bytes.length; ) {
    const offset = Number(bytes.readBigInt64LE(at));
    at += 8;
    if (block.hasNullValue && bytes[at++] === 1) {
      rows.push({ offset, value: null });
      continue;
    }
    let length = 0;
    let scale = 1;
    for (; bytes[at]! > 127; scale *= 128) length += (bytes[at++]! - 128) * scale;
    length += bytes[at++]! * scale;
    rows.push({ offset, value: bytes.toString('utf8', at, at + length) });
    at += length;
  }
  const first = Number(block.range.offsetFirst);
  const offsetSum = rows.reduce((sum, row) => sum + row.offset - first, 0);
  expect([block.rows, Number(block.offsetSum)]).toEqual([rows.length, offsetSum]);
  return rows;
}

/**
 * Reads until the position reaches `offsetEnd`, and checks that blocks follow one another without a
 * gap.
 */
export async function readTo(
  reader: PartitionReader,
  offsetEnd: bigint,
  from = 0n,
  blockLimits = limits,
): Promise<{ rows: Row[]; blocks: RecordBlock[] }> {
  const blocks: RecordBlock[] = [];
  const rows: Row[] = [];
  let position = from;
  const deadlineMs = systemClock.monotonicMs() + readMsMax;
  while (position < offsetEnd) {
    if (systemClock.monotonicMs() > deadlineMs) {
      throw new Error(`at offset ${position} after ${readMsMax} ms, ${offsetEnd} was expected`);
    }
    const block = await reader.next(blockLimits);
    if (block === null) continue;
    expect(block.range.offsetFirst).toBe(position);
    position = block.range.offsetLast + 1n;
    blocks.push(block);
    rows.push(...rowsOf(block));
  }
  return { rows, blocks };
}

/** The TidemarkError a promise must reject with. */
export async function failure(promise: Promise<unknown>): Promise<TidemarkError> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(TidemarkError);
  return outcome as TidemarkError;
}

/** The failure of the first `next` that fails, within a bound. */
export function nextFailure(reader: PartitionReader): Promise<TidemarkError> {
  return waitFor(
    () =>
      reader.next({ ...limits, lingerMs: 100 }).then(
        () => null,
        (error: unknown) => (error instanceof TidemarkError ? error : null),
      ),
    { condition: 'the reader fails', boundMs: 30_000, pollMs: 1 },
  );
}

/** A logger that keeps the reasons of retries and the names of warnings. */
export function listeningLogger() {
  const warnings: string[] = [];
  const retries: string[] = [];
  const logger: Logger = {
    debug: (_event, facts) => void retries.push(String(facts?.reason)),
    info: () => undefined,
    warn: (event) => void warnings.push(event),
    error: () => undefined,
  };
  return { logger, warnings, retries };
}

/**
 * Until the log of partition 0 ends there for a reader of committed records. The coordinator
 * answers the end of a transaction before its markers stand in the partitions.
 */
export async function endsAt(source: LogSource, topic: TopicInfo, end: bigint): Promise<void> {
  await waitFor(async () => (await source.offsets(topic))[0]?.latest === end, {
    condition: `the last stable offset of ${topic.name} is ${end}`,
    boundMs: 30_000,
  });
}
