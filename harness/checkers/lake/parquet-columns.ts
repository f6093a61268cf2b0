/**
 * Columns of a Parquet file, exactly as they are stored: integers as 128-bit words, text as bytes.
 *
 * hyparquet turns decimals into floats and timestamps into milliseconds, which would make a proof
 * worthless. So the logical types are taken out of the schema before it decodes, it hands out the
 * physical values, and this file interprets them: little-endian integers, big-endian fixed-length
 * decimals. Scale and time unit are checked instead of assumed. One column of one row group is in
 * memory at a time. Columns are found by Iceberg's field id, and by name only where a file has no
 * ids.
 */
import { zstdDecompressSync } from 'node:zlib';
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  type SchemaElement,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { LakeFiles } from './lake-files.ts';
import type { LakeColumn } from './lake-state.ts';

/** Four int32 a row, the most significant first, sign extended. */
export interface IntegerColumn {
  readonly kind: 'integers';
  readonly words: Int32Array;
}
export interface BytesColumn {
  readonly kind: 'bytes';
  /** Equal values of a dictionary page are the same object. */
  readonly values: readonly Uint8Array[];
}
export type ParquetColumn = IntegerColumn | BytesColumn;

export interface ParquetFile {
  readonly rowGroups: ReadonlyArray<{ readonly rowStart: number; readonly rows: number }>;
  /** All values of a row group; fails when a value is null. */
  column(name: string, rowStart: number, rows: number): Promise<ParquetColumn>;
}

const decimalScale = 8;
const codecs = { ...compressors, ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes) };

/** Rejects when the file is not there, is no Parquet, or has a column of an unexpected type. */
export async function openParquet(
  files: LakeFiles,
  uri: string,
  columns: readonly LakeColumn[],
): Promise<ParquetFile> {
  const byteLength = await files.size(uri);
  if (byteLength === null) throw new Error(`${uri} is not there`);
  const file: AsyncBuffer = {
    byteLength,
    slice: (start, end = byteLength) => files.slice(uri, start, end),
  };
  const parsed = await parquetMetadataAsync(file);
  const leaves = new Map(columns.map((c) => [c.name, leafOf(parsed, c, uri)]));
  const metadata = withoutLogicalTypes(parsed);
  let rowStart = 0;
  const rowGroups = parsed.row_groups.map((group) => {
    const rows = Number(group.num_rows);
    rowStart += rows;
    return { rowStart: rowStart - rows, rows };
  });
  return {
    rowGroups,
    async column(name, start, rows) {
      const leaf = leaves.get(name);
      if (leaf === undefined) throw new Error(`${uri} has no column ${name}`);
      const sink = leaf.type === 'BYTE_ARRAY' ? bytesSink(rows) : integerSink(rows);
      let filled = 0;
      await parquetRead({
        file,
        metadata,
        columns: [leaf.name],
        rowStart: start,
        rowEnd: start + rows,
        compressors: codecs,
        utf8: false,
        onChunk: ({ columnData }) => {
          sink.take(columnData as ArrayLike<unknown>, filled);
          filled += columnData.length;
        },
      });
      if (filled !== rows) throw new Error(`${uri}: ${name} has ${filled} values, not ${rows}`);
      return sink.column;
    },
  };
}

function leafOf(metadata: FileMetaData, column: LakeColumn, uri: string): SchemaElement {
  const leaves = metadata.schema.slice(1);
  const leaf =
    leaves.find((element) => element.field_id === column.id) ??
    leaves.find((element) => element.field_id === undefined && element.name === column.name);
  if (leaf === undefined) throw new Error(`${uri} has no column ${column.name} (${column.id})`);
  if (column.type.startsWith('decimal') && (leaf.scale ?? 0) !== decimalScale) {
    throw new Error(`${uri}: ${column.name} has scale ${leaf.scale}, not ${decimalScale}`);
  }
  if (column.type.startsWith('timestamp') && !inMicros(leaf)) {
    throw new Error(`${uri}: ${column.name} is not stored in microseconds`);
  }
  return leaf;
}

function inMicros({ logical_type: logical, converted_type: converted }: SchemaElement): boolean {
  if (logical?.type === 'TIMESTAMP') return logical.unit === 'MICROS';
  return converted === 'TIMESTAMP_MICROS';
}

function withoutLogicalTypes(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map(({ converted_type, logical_type, ...rest }) => rest);
  return { ...metadata, schema };
}

interface Sink {
  readonly column: ParquetColumn;
  take(values: ArrayLike<unknown>, at: number): void;
}

function bytesSink(rows: number): Sink {
  const values = new Array<Uint8Array>(rows);
  return {
    column: { kind: 'bytes', values },
    take(chunk, at) {
      for (let i = 0; i < chunk.length; i += 1) {
        const value = chunk[i];
        if (!(value instanceof Uint8Array)) throw new Error('a text column holds a null');
        values[at + i] = value;
      }
    },
  };
}

function integerSink(rows: number): Sink {
  const words = new Int32Array(4 * rows);
  return {
    column: { kind: 'integers', words },
    take(chunk, at) {
      if (chunk instanceof BigInt64Array) return takeInt64(chunk, words, 4 * at);
      for (let i = 0; i < chunk.length; i += 1) takeOne(chunk[i], words, 4 * (at + i));
    },
  };
}

/**
 * The hot path: no bigint is made, the array is looked at as pairs of int32 (little endian, as on
 * every machine we know).
 */
function takeInt64(chunk: BigInt64Array, words: Int32Array, start: number): void {
  const pairs = new Int32Array(chunk.buffer, chunk.byteOffset, 2 * chunk.length);
  let to = start;
  for (let from = 0; from < pairs.length; from += 2) {
    const high = pairs[from + 1]!;
    words[to] = high >> 31;
    words[to + 1] = high >> 31;
    words[to + 2] = high;
    words[to + 3] = pairs[from]!;
    to += 4;
  }
}

function takeOne(value: unknown, words: Int32Array, to: number): void {
  if (typeof value === 'number') {
    words.fill(value >> 31, to, to + 3);
    words[to + 3] = value;
  } else if (typeof value === 'bigint') {
    for (let i = 0; i < 4; i += 1) {
      words[to + 3 - i] = Number(BigInt.asIntN(32, value >> BigInt(32 * i)));
    }
  } else if (value instanceof Uint8Array && value.length <= 16) {
    takeBigEndian(value, words, to);
  } else {
    throw new Error('an integer column holds a null or an unknown value');
  }
}

function takeBigEndian(bytes: Uint8Array, words: Int32Array, to: number): void {
  const sign = (bytes[0] ?? 0) >= 0x80 ? -1 : 0;
  words.fill(sign, to, to + 4);
  const pad = 16 - bytes.length;
  for (let i = 0; i < bytes.length; i += 1) {
    const at = pad + i;
    const shift = 8 * (3 - (at & 3));
    const index = to + (at >> 2);
    words[index] = (words[index]! & ~(0xff << shift)) | (bytes[i]! << shift);
  }
}
