/**
 * A partition of a log as plain data, its bytes as a broker sends them, and what read_committed
 * shows of it.
 *
 * The encoder is written here once more, field by field, because neither reader under test may
 * judge itself, and because no client library can write what compaction leaves behind: records with
 * holes between them, batches that reach beyond their last record, batches without records.
 */
import { compressionsAlgorithms, crc32c } from '@platformatic/kafka';
import fc from 'fast-check';

export interface LogRecord {
  /** Offsets that compaction took before this record. */
  readonly hole: number;
  readonly value: Buffer | null;
  readonly key: Buffer | null;
  readonly headers: ReadonlyArray<readonly [string, Buffer | null]>;
  readonly timestampDelta: number;
}

export interface LogPiece {
  /** Offsets between this batch and the one before that nothing stands for. */
  readonly gap: number;
  /** Producer of a transaction, or null outside of transactions. */
  readonly producer: number | null;
  /** A batch of records, or the end of the producer's transaction. */
  readonly what: 'records' | 'commit' | 'abort';
  readonly records: readonly LogRecord[];
  /** Offsets that the batch stands for behind its last record. */
  readonly tail: number;
  readonly codec: number;
}

export interface EncodedBatch {
  readonly bytes: Buffer;
  readonly offsetFirst: bigint;
  readonly offsetLast: bigint;
}

export interface EncodedLog {
  readonly batches: readonly EncodedBatch[];
  readonly aborted: ReadonlyArray<{ producerId: bigint; offsetFirst: bigint; marker: bigint }>;
  /** What read_committed shows. */
  readonly visible: ReadonlyArray<{ offset: bigint; value: Buffer | null }>;
  readonly offsetEnd: bigint;
}

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/** Zigzag varint, for numbers of up to 53 bits. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

const sized = (bytes: Buffer | null) =>
  bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes]);

function encodeRecord(record: LogRecord, offsetDelta: number): Buffer {
  const headers = record.headers.flatMap(([name, value]) => [
    sized(Buffer.from(name)),
    sized(value),
  ]);
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(record.timestampDelta),
    varint(offsetDelta),
    sized(record.key),
    sized(record.value),
    varint(record.headers.length),
    ...headers,
  ]);
  return Buffer.concat([varint(body.length), body]);
}

export interface BatchHead {
  readonly offsetBase: bigint;
  readonly offsetLastDelta: number;
  readonly records: number;
  readonly producerId: bigint;
  /** Codec, transactional and control bits. */
  readonly attributes: number;
}

/** A batch of format 2 around a payload that is compressed already. */
export function encodeBatch(head: BatchHead, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(61 + payload.length);
  bytes.set(payload, 61);
  bytes.writeBigInt64BE(head.offsetBase, 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt32BE(7, 12);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(head.attributes, 21);
  bytes.writeInt32BE(head.offsetLastDelta, 23);
  bytes.writeBigInt64BE(1_723_075_200_000n, 27);
  bytes.writeBigInt64BE(1_723_075_200_000n, 35);
  bytes.writeBigInt64BE(head.producerId, 43);
  bytes.writeInt16BE(head.producerId < 0n ? -1 : 3, 51);
  bytes.writeInt32BE(head.producerId < 0n ? -1 : 0, 53);
  bytes.writeInt32BE(head.records, 57);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

const transactionalBit = 0x10;
const controlBit = 0x20;

function encodePiece(piece: LogPiece, offsetBase: bigint, producerId: bigint): Encoded {
  let delta = -1;
  const visible: Array<{ offset: bigint; value: Buffer | null }> = [];
  const parts = piece.records.map((record) => {
    delta += record.hole + 1;
    visible.push({ offset: offsetBase + BigInt(delta), value: record.value });
    return encodeRecord(record, delta);
  });
  const plain = Buffer.concat(parts);
  const codec = codecs[piece.codec]!;
  const payload = codec === 'none' ? plain : compressionsAlgorithms[codec].compressSync(plain);
  const offsetLastDelta = Math.max(0, delta) + piece.tail;
  const attributes = piece.codec | (piece.producer === null ? 0 : transactionalBit);
  const head = { offsetBase, offsetLastDelta, records: parts.length, producerId, attributes };
  return {
    bytes: encodeBatch(head, payload),
    offsetLast: offsetBase + BigInt(offsetLastDelta),
    visible,
  };
}

interface Encoded {
  readonly bytes: Buffer;
  readonly offsetLast: bigint;
  readonly visible: ReadonlyArray<{ offset: bigint; value: Buffer | null }>;
}

function encodeMarker(offset: bigint, producerId: bigint, what: 'commit' | 'abort'): Encoded {
  const key = Buffer.from([0, 0, 0, what === 'abort' ? 0 : 1]);
  const value = Buffer.alloc(6);
  const payload = encodeRecord({ hole: 0, key, value, headers: [], timestampDelta: 0 }, 0);
  const attributes = transactionalBit | controlBit;
  const head = { offsetBase: offset, offsetLastDelta: 0, records: 1, producerId, attributes };
  return { bytes: encodeBatch(head, payload), offsetLast: offset, visible: [] };
}

/**
 * The log from `offsetBase` on; a transaction that is open at the end is given up there, because
 * nothing behind an open one can be read.
 */
export function encodeLog(pieces: readonly LogPiece[], offsetBase: bigint): EncodedLog {
  const batches: EncodedBatch[] = [];
  const aborted: Array<{ producerId: bigint; offsetFirst: bigint; marker: bigint }> = [];
  const open = new Map<bigint, { offsetFirst: bigint; held: Encoded['visible'][number][] }>();
  const visible: Encoded['visible'][number][] = [];
  let next = offsetBase;
  const add = (gap: number, make: (offset: bigint) => Encoded): Encoded => {
    const offsetFirst = next + BigInt(gap);
    const encoded = make(offsetFirst);
    batches.push({ bytes: encoded.bytes, offsetFirst, offsetLast: encoded.offsetLast });
    next = encoded.offsetLast + 1n;
    return encoded;
  };
  const end = (producerId: bigint, what: 'commit' | 'abort', gap: number) => {
    const transaction = open.get(producerId);
    if (transaction === undefined) return;
    open.delete(producerId);
    const { offsetLast } = add(gap, (offset) => encodeMarker(offset, producerId, what));
    if (what === 'commit') visible.push(...transaction.held);
    else aborted.push({ producerId, offsetFirst: transaction.offsetFirst, marker: offsetLast });
  };
  for (const piece of pieces) {
    const producerId = piece.producer === null ? -1n : BigInt(1_000 + piece.producer);
    if (piece.what !== 'records') {
      end(producerId, piece.what, piece.gap);
      continue;
    }
    const offsetFirst = next + BigInt(piece.gap);
    const encoded = add(piece.gap, (offset) => encodePiece(piece, offset, producerId));
    if (piece.producer === null) visible.push(...encoded.visible);
    else {
      const transaction = open.get(producerId) ?? { offsetFirst, held: [] };
      transaction.held.push(...encoded.visible);
      open.set(producerId, transaction);
    }
  }
  for (const producerId of [...open.keys()]) end(producerId, 'abort', 0);
  visible.sort((a, b) => (a.offset < b.offset ? -1 : 1));
  return { batches, aborted, visible, offsetEnd: next };
}

export interface Answer {
  readonly bytes: Buffer;
  readonly aborted: ReadonlyArray<{ producerId: bigint; offsetFirst: bigint }>;
  readonly offsetNext: bigint;
}

/** What one Fetch from `offset` brings: up to `batchesMax` whole batches and a piece of the next. */
export function answerAt(
  log: EncodedLog,
  offset: bigint,
  batchesMax: number,
  cutBytes: number,
): Answer | null {
  const from = log.batches.findIndex((batch) => batch.offsetLast >= offset);
  if (from < 0) return null;
  const whole = log.batches.slice(from, from + batchesMax);
  const cut = log.batches[from + batchesMax]?.bytes;
  const last = whole.at(-1)!.offsetLast;
  return {
    bytes: Buffer.concat([
      ...whole.map((batch) => batch.bytes),
      ...(cut === undefined ? [] : [cut.subarray(0, cutBytes % cut.length)]),
    ]),
    aborted: log.aborted
      .filter((one) => one.marker >= offset && one.offsetFirst <= last)
      .map(({ producerId, offsetFirst }) => ({ producerId, offsetFirst })),
    offsetNext: last + 1n,
  };
}

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((one) => Buffer.from(one));
const value = fc.oneof(
  { weight: 6, arbitrary: bytes(40) },
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(127, 128, 511, 512, 513, 16_384).map((n) => Buffer.alloc(n, 7)),
  },
);
const header: fc.Arbitrary<readonly [string, Buffer | null]> = fc.tuple(
  fc.string({ maxLength: 5 }),
  fc.option(bytes(80), { nil: null }),
);
const record: fc.Arbitrary<LogRecord> = fc.record({
  hole: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.constantFrom(1, 2, 63, 64, 20_000)),
  value,
  key: fc.option(bytes(70), { freq: 2 }),
  headers: fc.array(header, { maxLength: 2 }),
  timestampDelta: fc.oneof(fc.integer({ min: -100, max: 100 }), fc.constant(2 ** 40)),
});

export const logPiece: fc.Arbitrary<LogPiece> = fc.record({
  gap: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constantFrom(1, 2, 100_000)),
  producer: fc.constantFrom(null, null, 0, 1, 2),
  what: fc.constantFrom('records', 'records', 'records', 'commit', 'abort'),
  records: fc.array(record, { maxLength: 8 }),
  tail: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constantFrom(1, 5)),
  codec: fc.constantFrom(0, 0, 1, 2, 3, 4),
});

/** First offsets of a log: the beginning, and where 32 bits and doubles end. */
export const offsetBase = fc.constantFrom(0n, 5n, 2n ** 32n - 3n, 2n ** 40n, 2n ** 53n - 2n ** 24n);
