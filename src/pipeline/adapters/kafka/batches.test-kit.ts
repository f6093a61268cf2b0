/**
 * Golden batches and a reader of RowBinary for the tests of this folder.
 *
 * Batches are made by the client library's own encoder, or byte by byte where the library can't
 * make them (control markers, compacted batches). The RowBinary reader is deliberately naive, so
 * that it shares no trick with the code under test.
 */
import { type CompressionAlgorithmValue, crc32c, createRecordsBatch } from '@platformatic/kafka';
import type { RecordBlock } from '../../model/record-block.ts';

export interface TestRecord {
  readonly value: Buffer | null;
  readonly key?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface BatchOptions {
  readonly compression?: CompressionAlgorithmValue;
  readonly producerId?: bigint;
  readonly transactional?: boolean;
}

const headBytes = 61;

/** A batch at `offsetBase` as a producer would send it. */
export function makeBatch(
  offsetBase: bigint,
  records: readonly TestRecord[],
  options: BatchOptions = {},
): Buffer {
  const messages = records.map(({ key, value, headers }) => ({
    topic: 't',
    partition: 0,
    timestamp: 1_723_075_200_000n,
    key,
    value: value as Buffer,
    headers: new Map(
      Object.entries(headers ?? {}).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]),
    ),
  }));
  const bytes = Buffer.from(
    createRecordsBatch(messages, {
      compression: options.compression ?? 'none',
      ...(options.transactional ? { transactionalId: 'tx' } : {}),
      producerId: options.producerId ?? -1n,
    }).buffer,
  );
  bytes.writeBigInt64BE(offsetBase, 0);
  return bytes;
}

/** Overwrites header fields and makes the checksum right again. */
export function patchBatch(
  batch: Buffer,
  fields: { attributes?: number; offsetLastDelta?: number; records?: number; version?: number },
): Buffer {
  const bytes = Buffer.from(batch);
  if (fields.version !== undefined) bytes.writeInt8(fields.version, 16);
  if (fields.attributes !== undefined) bytes.writeInt16BE(fields.attributes, 21);
  if (fields.offsetLastDelta !== undefined) bytes.writeInt32BE(fields.offsetLastDelta, 23);
  if (fields.records !== undefined) bytes.writeInt32BE(fields.records, 57);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

/** The marker that ends a transaction. */
export function makeMarker(offset: bigint, producerId: bigint, kind: 'abort' | 'commit'): Buffer {
  const key = Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]);
  const batch = makeBatch(offset, [{ key, value: Buffer.alloc(6) }], { producerId });
  return patchBatch(batch, { attributes: 0x30 });
}

/** A batch whose records lie at the given deltas, as compaction leaves it. */
export function makeCompacted(
  offsetBase: bigint,
  deltas: readonly number[],
  offsetLastDelta: number,
): Buffer {
  const records = deltas.map((delta) => compactedRecord(delta));
  const head = Buffer.from(
    makeBatch(offsetBase, [{ value: Buffer.alloc(0) }]).subarray(0, headBytes),
  );
  const bytes = Buffer.concat([head, ...records]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  return patchBatch(bytes, { offsetLastDelta, records: deltas.length });
}

/** Deltas up to 63, so that all varints are one byte. The value is `v<delta>`. */
function compactedRecord(delta: number): Buffer {
  const value = Buffer.from(`v${delta}`);
  const body = Buffer.concat([
    Buffer.from([0, 0, delta * 2, 1, value.length * 2]),
    value,
    Buffer.from([0]),
  ]);
  return Buffer.concat([Buffer.from([body.length * 2]), body]);
}

export interface Row {
  readonly offset: bigint;
  readonly value: string | null;
}

export function readRows(block: Pick<RecordBlock, 'body' | 'hasNullValue'>): Row[] {
  const bytes = Buffer.from(block.body);
  const rows: Row[] = [];
  for (let at = 0; at < bytes.length; ) {
    const offset = bytes.readBigInt64LE(at);
    at += 8;
    if (block.hasNullValue && bytes[at++] === 1) {
      rows.push({ offset, value: null });
      continue;
    }
    let length = 0;
    let scale = 1;
    for (; bytes[at]! > 127; scale *= 128) length += (bytes[at++]! - 128) * scale;
    length += bytes[at++]! * scale;
    rows.push({ offset, value: bytes.toString('latin1', at, at + length) });
    at += length;
  }
  return rows;
}
