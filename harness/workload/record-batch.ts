/**
 * One Kafka record batch (message format 2), written into one buffer.
 *
 * The client library builds a small writer for each record, which costs more than everything else a
 * producer does; here the length is counted first and the bytes are written in place. Records carry
 * key and value, no headers and the batch's own time. Retries must give the same bytes, so nothing
 * here asks for the time.
 */

import {
  type CompressionAlgorithmValue,
  compressionsAlgorithms,
  crc32c,
} from '@platformatic/kafka';

/** Key i belongs to value i; a null value is a tombstone. */
export interface BatchContent {
  readonly keys: readonly Buffer[];
  readonly values: ReadonlyArray<Buffer | null>;
}

export interface BatchHead {
  readonly timestampMs: bigint;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly compression: CompressionAlgorithmValue;
}

/** From the base offset to the number of records. */
const headBytes = 61;
const crcAt = 17;
const attributesAt = 21;
const magic = 2;

export function encodeRecordBatch({ keys, values }: BatchContent, head: BatchHead): Buffer {
  const count = values.length;
  const lengths = new Uint32Array(count);
  let total = 0;
  for (let i = 0; i < count; i += 1) {
    const length = bodyBytes(keys[i]!, values[i]!, i);
    lengths[i] = length;
    total += varintBytes(length) + length;
  }
  const plain = Buffer.allocUnsafe(headBytes + total);
  let at = headBytes;
  for (let i = 0; i < count; i += 1) {
    at = writeVarint(plain, at, lengths[i]!);
    at = writeBody(plain, at, keys[i]!, values[i]!, i);
  }
  const { bitmask, batch } = compressed(plain, head.compression);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(0, 12);
  batch.writeInt8(magic, 16);
  batch.writeInt16BE(bitmask, attributesAt);
  batch.writeInt32BE(count - 1, 23);
  batch.writeBigInt64BE(head.timestampMs, 27);
  batch.writeBigInt64BE(head.timestampMs, 35);
  batch.writeBigInt64BE(head.producerId, 43);
  batch.writeInt16BE(head.producerEpoch, 51);
  batch.writeInt32BE(head.firstSequence, 53);
  batch.writeInt32BE(count, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(attributesAt)), crcAt);
  return batch;
}

function compressed(plain: Buffer, compression: CompressionAlgorithmValue) {
  if (compression === 'none') return { bitmask: 0, batch: plain };
  const { bitmask, compressSync } = compressionsAlgorithms[compression];
  const body = compressSync(plain.subarray(headBytes));
  return { bitmask, batch: Buffer.concat([Buffer.alloc(headBytes), body]) };
}

/** Attributes, time delta (0), offset delta, key, value, number of headers (0). */
function bodyBytes(key: Buffer, value: Buffer | null, offsetDelta: number): number {
  return 3 + varintBytes(offsetDelta) + bytesBytes(key) + bytesBytes(value);
}

function writeBody(
  target: Buffer,
  start: number,
  key: Buffer,
  value: Buffer | null,
  offsetDelta: number,
): number {
  target[start] = 0;
  target[start + 1] = 0;
  let at = writeVarint(target, start + 2, offsetDelta);
  at = writeBytes(target, at, key);
  at = writeBytes(target, at, value);
  target[at] = 0;
  return at + 1;
}

function bytesBytes(bytes: Buffer | null): number {
  return bytes === null ? 1 : varintBytes(bytes.length) + bytes.length;
}

function writeBytes(target: Buffer, start: number, bytes: Buffer | null): number {
  if (bytes === null) {
    // -1, which is 1 in zigzag.
    target[start] = 1;
    return start + 1;
  }
  const at = writeVarint(target, start, bytes.length);
  target.set(bytes, at);
  return at + bytes.length;
}

/** Zigzag varints of numbers from 0 up: the number doubled, seven bits a byte. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value * 2; rest > 0x7f; rest >>>= 7) bytes += 1;
  return bytes;
}

function writeVarint(target: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value * 2;
  for (; rest > 0x7f; rest >>>= 7, at += 1) target[at] = (rest & 0x7f) | 0x80;
  target[at] = rest;
  return at + 1;
}
