/**
 * Record batches (format v2) as they lie in a Fetch answer: headers read, checksums proved, payload
 * untouched.
 *
 * Kafka writes offsets, transaction and compression once per batch, so everything that decides
 * whether records count can be learned from 61 bytes. The CRC32C covers all bytes that matter here
 * and costs a few nanoseconds a record, so it is always checked (the library does not check it). A
 * broker may cut the last batch at the byte limit; such a rest is no error and is fetched again.
 * Unpacking happens later, see `unpacker.ts`.
 */
import { crc32c } from '@platformatic/kafka';
import { TidemarkError } from '../../errors.ts';

const headBytes = 61;
const lengthFieldEnd = 12;
const crcStart = 21;
const formatVersion = 2;
const compressionMask = 0b111;
const transactionalBit = 1 << 4;
const controlBit = 1 << 5;
const abortMarker = 0;

export interface RecordBatch {
  readonly offsetBase: bigint;
  /** Last offset the batch stands for, also when compaction took its record away. */
  readonly offsetLast: bigint;
  readonly records: number;
  readonly producerId: bigint;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly compression: number;
  readonly payload: Buffer;
}

/**
 * The bytes of a batch are not what its producer wrote. A cut or mangled answer can do that, so it
 * is worth another read.
 */
export class CorruptBatchError extends Error {}

function parseBatch(bytes: Buffer, start: number, end: number): RecordBatch {
  const version = bytes.readInt8(start + 16);
  const offsetBase = bytes.readBigInt64BE(start);
  if (version !== formatVersion) {
    throw new TidemarkError(
      'refused',
      `records at offset ${offsetBase} have format v${version}; ` +
        'only v2 (Kafka 0.11 and later) is read',
    );
  }
  if (crc32c(bytes.subarray(start + crcStart, end)) !== bytes.readUInt32BE(start + 17)) {
    throw new CorruptBatchError(`CRC32C of the batch at offset ${offsetBase} does not match`);
  }
  const attributes = bytes.readInt16BE(start + 21);
  return {
    offsetBase,
    offsetLast: offsetBase + BigInt(bytes.readInt32BE(start + 23)),
    records: bytes.readInt32BE(start + 57),
    producerId: bytes.readBigInt64BE(start + 43),
    transactional: (attributes & transactionalBit) !== 0,
    control: (attributes & controlBit) !== 0,
    compression: attributes & compressionMask,
    payload: bytes.subarray(start + headBytes, end),
  };
}

/**
 * All whole batches of an answer, in order. Throws CorruptBatchError, or `refused` for formats
 * before v2.
 */
export function parseBatches(bytes: Buffer): RecordBatch[] {
  const batches: RecordBatch[] = [];
  let at = 0;
  while (bytes.length - at >= lengthFieldEnd) {
    const end = at + lengthFieldEnd + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    if (end - at < headBytes) throw new CorruptBatchError(`a batch of ${end - at} bytes`);
    batches.push(parseBatch(bytes, at, end));
    at = end;
  }
  return batches;
}

/**
 * Whether a control batch ends a transaction by giving it up; its only record has the key (version,
 * type), both Int16.
 */
export function isAbortMarker(batch: RecordBatch): boolean {
  if (!batch.control || batch.records === 0) return false;
  const bytes = batch.payload;
  let at = 0;
  const skipVarint = () => {
    while (bytes.readUInt8(at++) > 127);
  };
  skipVarint(); // record length
  at += 1; // attributes
  skipVarint(); // timestamp delta
  skipVarint(); // offset delta
  skipVarint(); // key length
  return bytes.readInt16BE(at + 2) === abortMarker;
}
