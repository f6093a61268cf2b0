/**
 * From a broker's bytes to blocks: every record that read_committed shows comes out once, with its
 * offset and its bytes, whatever lies between, however answers and blocks are cut.
 *
 * The pipeline's reader and the checkers' reader share no code; both are held against the log as it
 * was drawn, not against each other.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { Collected } from '../harness/checkers/log/broker-answers.test-kit.ts';
import { CommittedFilter } from '../harness/checkers/log/committed-batches.ts';
import { Decompressor } from '../harness/checkers/log/decompress.ts';
import { LogReadError } from '../harness/checkers/log/log-error.ts';
import {
  checkBatch,
  readBatchHeaders,
  visitRecords,
} from '../harness/checkers/log/record-batch.ts';
import { encodeRecordBatch } from '../harness/workload/record-batch.ts';
import { AbortedFilter } from '../src/pipeline/adapters/kafka/aborted-filter.ts';
import { readRows } from '../src/pipeline/adapters/kafka/batches.test-kit.ts';
import { BlockAssembler } from '../src/pipeline/adapters/kafka/block-assembler.ts';
import { CorruptBatchError, parseBatches } from '../src/pipeline/adapters/kafka/record-batch.ts';
import { TidemarkError } from '../src/pipeline/errors.ts';
import type { RecordBlock } from '../src/pipeline/model/record-block.ts';
import {
  type Answer,
  answerAt,
  type EncodedLog,
  encodeBatch,
  encodeLog,
  logPiece,
  offsetBase,
} from './record-log.test-kit.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);
const key = { topicId: '00000000-0000-0000-0000-000000000001', partition: 3 };
const noLimits = { rowsMax: 1e9, bytesMax: 1e9 };
/** Made once, for its buffer is large. */
const decompressor = new Decompressor();
const latin = (value: Buffer | null) => (value === null ? null : value.toString('latin1'));

/** How one answer or one block is cut. */
interface Cut {
  readonly batchesMax: number;
  readonly cutBytes: number;
  readonly rowsMax: number;
  readonly bytesMax: number;
  /** Take what is there before the next answer, as when the linger is over. */
  readonly early: boolean;
}
const cuts = fc.array(
  fc.record<Cut>({
    batchesMax: fc.integer({ min: 1, max: 6 }),
    cutBytes: fc.nat(),
    rowsMax: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(1e9)),
    bytesMax: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(1e9)),
    early: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);
const pieces = fc.array(logPiece, { maxLength: 12 });

const fetched = (answer: Answer) => ({
  batches: parseBatches(answer.bytes),
  filter: new AbortedFilter(answer.aborted),
  bytes: answer.bytes.length,
  lastStableOffset: 0n,
});

/** Everything from `start` on, as blocks, by the pipeline's reader. */
function blocksOf(log: EncodedLog, start: bigint, cut: readonly Cut[]): RecordBlock[] {
  const assembler = new BlockAssembler(key, start);
  const blocks: RecordBlock[] = [];
  let offset = start;
  const take = () => {
    const block = assembler.take();
    if (block !== null) blocks.push(block);
  };
  for (let turn = 0; ; turn += 1) {
    const how = cut[turn % cut.length]!;
    if (assembler.fill(how) === 'full') {
      take();
      continue;
    }
    if (how.early) take();
    const answer = answerAt(log, offset, how.batchesMax, how.cutBytes);
    if (answer === null) break;
    assembler.feed(fetched(answer));
    offset = answer.offsetNext;
  }
  take();
  return blocks;
}

/** The same by the checkers' reader. */
function collectedFrom(log: EncodedLog, start: bigint, cut: readonly Cut[]): Collected {
  const all = new Collected();
  const within = {
    record: (at: number, bytes: Uint8Array, from: number, to: number) => {
      if (BigInt(at) >= start) {
        all.offsets.push(at);
        all.values.push(from < 0 ? null : Buffer.from(bytes.subarray(from, to)).toString('latin1'));
      }
    },
  };
  let offset = start;
  for (let turn = 0; ; turn += 1) {
    const { batchesMax, cutBytes } = cut[turn % cut.length]!;
    const answer = answerAt(log, offset, batchesMax, cutBytes);
    if (answer === null) return all;
    const filter = new CommittedFilter(answer.aborted);
    for (const batch of readBatchHeaders(answer.bytes, 0, answer.bytes.length)) {
      checkBatch(batch);
      if (filter.shows(batch)) visitRecords(batch, decompressor, within);
    }
    offset = answer.offsetNext;
  }
}

const startIn = (log: EncodedLog, base: bigint, at: number) =>
  base + (BigInt(at) % (log.offsetEnd - base + 1n));

describe('a log with holes, transactions, markers, codecs and null values', () => {
  seededTest(
    'both readers show exactly the committed records from any offset on',
    fc.property(pieces, offsetBase, fc.nat(), cuts, (drawn, base, at, cut) => {
      const log = encodeLog(drawn, base);
      const start = startIn(log, base, at);
      const expected = log.visible
        .filter((one) => one.offset >= start)
        .map(({ offset, value }) => ({ offset, value: latin(value) }));
      expect(blocksOf(log, start, cut).flatMap((block) => readRows(block))).toEqual(expected);
      const { offsets, values } = collectedFrom(log, start, cut);
      expect(offsets.map((offset, i) => ({ offset: BigInt(offset), value: values[i] }))).toEqual(
        expected,
      );
    }),
    { runs: 250 },
  );

  seededTest(
    'blocks lie end to end, keep to their limits, and say what is in them',
    fc.property(pieces, offsetBase, fc.nat(), cuts, (drawn, base, at, cut) => {
      const log = encodeLog(drawn, base);
      let next = startIn(log, base, at);
      const rowsMax = Math.max(...cut.map((one) => one.rowsMax));
      const bytesMax = Math.max(...cut.map((one) => one.bytesMax));
      for (const block of blocksOf(log, next, cut)) {
        const { offsetFirst, offsetLast } = block.range;
        const rows = readRows(block);
        expect([offsetFirst, block.rows]).toEqual([next, rows.length]);
        expect(offsetLast >= offsetFirst).toBe(true);
        expect(rows.every(({ offset }) => offsetFirst <= offset && offset <= offsetLast)).toBe(
          true,
        );
        expect(block.offsetSum).toBe(rows.reduce((sum, one) => sum + one.offset - offsetFirst, 0n));
        expect(block.hasNullValue).toBe(rows.some((one) => one.value === null));
        expect(rows.length <= rowsMax).toBe(true);
        expect(rows.length <= 1 || block.body.length <= bytesMax).toBe(true);
        next = offsetLast + 1n;
      }
      expect(next).toBe(log.offsetEnd);
    }),
    { runs: 300 },
  );

  seededTest(
    'a range that is read again gives the same bytes, however it was cut the first time',
    fc.property(pieces, offsetBase, cuts, cuts, (drawn, base, cut, again) => {
      const log = encodeLog(drawn, base);
      for (const block of blocksOf(log, base, cut)) {
        const { offsetFirst, offsetLast } = block.range;
        const assembler = new BlockAssembler(key, offsetFirst, offsetLast + 1n);
        for (let turn = 0; assembler.position <= offsetLast; turn += 1) {
          const { batchesMax, cutBytes } = again[turn % again.length]!;
          const answer = answerAt(log, assembler.position, batchesMax, cutBytes)!;
          assembler.feed(fetched(answer));
          assembler.fill(noLimits);
        }
        expect(assembler.take()).toEqual(block);
      }
    }),
    { runs: 150 },
  );
});

seededTest(
  'what the producer of the workload sends, both readers read',
  fc.property(
    fc.array(fc.option(fc.uint8Array({ maxLength: 700 }), { freq: 6 }), {
      minLength: 1,
      maxLength: 40,
    }),
    fc.constantFrom(
      'none' as const,
      'gzip' as const,
      'snappy' as const,
      'lz4' as const,
      'zstd' as const,
    ),
    (drawn, compression) => {
      const values = drawn.map((one) => (one === null ? null : Buffer.from(one)));
      const keys = values.map((_, i) => Buffer.from(`key-${i}`));
      const head = {
        timestampMs: 1n,
        producerId: 5n,
        producerEpoch: 0,
        firstSequence: 0,
        compression,
      };
      const bytes = encodeRecordBatch({ keys, values }, head);
      const batch = { bytes, offsetFirst: 0n, offsetLast: BigInt(values.length - 1) };
      const log = { batches: [batch], aborted: [], visible: [], offsetEnd: BigInt(values.length) };
      const whole = [{ batchesMax: 1, cutBytes: 0, ...noLimits, early: false }];
      const expected = values.map(latin);
      expect(
        blocksOf(log, 0n, whole)
          .flatMap((one) => readRows(one))
          .map((one) => one.value),
      ).toEqual(expected);
      expect(collectedFrom(log, 0n, whole).values).toEqual(expected);
    },
  ),
  { runs: 100 },
);

/** What came out of damaged bytes, or the error by which they were refused. */
function damaged(bytes: Buffer, offsetEnd: bigint) {
  const whole = { bytes, aborted: [], offsetNext: offsetEnd } as const;
  const pipeline = attempt(() => {
    const assembler = new BlockAssembler(key, 0n);
    assembler.feed(fetched(whole));
    assembler.fill(noLimits);
    const block = assembler.take();
    return block === null ? [] : readRows(block);
  });
  const checkers = attempt(() => {
    const collected = new Collected();
    for (const batch of readBatchHeaders(bytes, 0, bytes.length)) {
      checkBatch(batch);
      if (!batch.control) visitRecords(batch, decompressor, collected);
    }
    return collected.offsets.map((offset) => ({ offset: BigInt(offset) }));
  });
  return { pipeline, checkers };
}

function attempt<T>(read: () => T): T | Error {
  try {
    return read();
  } catch (error) {
    return error as Error;
  }
}

const named = (error: Error) =>
  error instanceof CorruptBatchError ||
  error instanceof TidemarkError ||
  error instanceof LogReadError;

describe('bytes that are not what the producer wrote', () => {
  const oneBatch = logPiece.map((piece) => ({
    ...piece,
    producer: null,
    what: 'records' as const,
    gap: 0,
  }));

  seededTest(
    'one flipped bit anywhere behind the offset is refused by name, and never becomes a record',
    fc.property(oneBatch, fc.nat(), fc.nat({ max: 7 }), (piece, at, bit) => {
      const log = encodeLog([piece], 0n);
      const bytes = Buffer.from(log.batches[0]!.bytes);
      const place = 8 + (at % (bytes.length - 8));
      // The leader's epoch is not under the checksum, and nobody here reads it.
      fc.pre(place < 12 || place >= 16);
      bytes[place]! ^= 1 << bit;
      for (const outcome of Object.values(damaged(bytes, log.offsetEnd))) {
        if (outcome instanceof Error) expect(named(outcome), outcome.stack).toBe(true);
        else expect(outcome).toEqual([]);
      }
    }),
    { runs: 300 },
  );

  seededTest(
    'a payload stored broken under a right checksum gives records of its batch or a named refusal',
    fc.property(
      oneBatch,
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
      fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constant(2 ** 31 - 20)),
      (piece, writes, recordsMore) => {
        const good = encodeLog([piece], 0n);
        const payload = Buffer.from(good.batches[0]!.bytes.subarray(61));
        for (const [at, byte] of writes)
          if (payload.length > 0) payload[at % payload.length] = byte;
        const head = {
          offsetBase: 0n,
          offsetLastDelta: Number(good.offsetEnd - 1n),
          records: Math.max(0, piece.records.length + recordsMore),
          producerId: -1n,
          attributes: piece.codec,
        };
        const outcomes = damaged(encodeBatch(head, payload), good.offsetEnd);
        for (const [reader, outcome] of Object.entries(outcomes)) {
          if (outcome instanceof Error) {
            expect(named(outcome), `${reader}: ${outcome.stack}`).toBe(true);
            continue;
          }
          const offsets = outcome.map((one) => one.offset);
          const inside = offsets.filter((one) => 0n <= one && one < good.offsetEnd);
          expect(inside, reader).toEqual(offsets);
          const rising = offsets.every((one, i) => i === 0 || offsets[i - 1]! < one);
          // The checkers' rising offsets are the business of record-sums.ts.
          if (reader === 'pipeline') expect(rising, reader).toBe(true);
        }
      },
    ),
    { runs: 400 },
  );
});
