/**
 * Turns a Parquet file as ClickHouse left it into a data file of the table: field ids in,
 * statistics out, on disk.
 *
 * Only the footer is rewritten, in place, at the end of the file; no page moves. That is safe
 * because nobody references the file yet: a crash in the middle leaves an orphan. Before anything
 * is written, the footer must survive decode and encode byte for byte, else this code does not
 * understand it and refuses.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { TidemarkError } from '../../errors.ts';
import { withFieldIds } from './parquet-schema.ts';
import { type FileStatistics, readStatistics } from './parquet-statistics.ts';
import type { LakeColumn } from './schema.ts';
import { decodeThrift, encodeThrift } from './thrift-compact.ts';

const magic = 'PAR1';
/** Footer length (4 bytes, little endian) and the magic. */
const tailBytes = 8;
const footerBytesMax = 64 * 1024 * 1024;

export interface FinishedFile extends FileStatistics {
  readonly bytes: bigint;
}

async function readAt(handle: FileHandle, length: number, position: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead === length) return buffer;
  throw new TidemarkError('table-invalid', `Parquet file ends early: ${bytesRead} of ${length}`);
}

async function readFooter(handle: FileHandle, path: string) {
  const { size } = await handle.stat();
  const invalid = (what: string) => new TidemarkError('table-invalid', `${path}: ${what}`);
  if (size < tailBytes + magic.length) throw invalid(`${size} bytes are no Parquet file`);
  const tail = await readAt(handle, tailBytes, size - tailBytes);
  if (tail.toString('latin1', 4) !== magic) throw invalid('does not end like a Parquet file');
  const length = tail.readUInt32LE(0);
  const position = size - tailBytes - length;
  if (length > footerBytesMax || position < magic.length)
    throw invalid(`footer of ${length} bytes`);
  return { bytes: await readAt(handle, length, position), position };
}

/**
 * Sets field ids, reads statistics, syncs the file (not its folder). Fails with `table-invalid`
 * when the file is not whole or does not have exactly these columns.
 */
export async function finishParquet(
  path: string,
  columns: readonly LakeColumn[],
): Promise<FinishedFile> {
  const handle = await open(path, 'r+');
  try {
    const { bytes, position } = await readFooter(handle, path);
    const footer = decodeThrift(bytes);
    if (!encodeThrift(footer).equals(bytes)) {
      throw new TidemarkError('table-invalid', `${path}: footer does not survive a round trip`);
    }
    const patched = encodeThrift(withFieldIds(footer, columns, path));
    const tail = Buffer.alloc(tailBytes);
    tail.writeUInt32LE(patched.length);
    tail.write(magic, 4, 'latin1');
    const end = Buffer.concat([patched, tail]);
    await handle.write(end, 0, end.length, position);
    await handle.truncate(position + end.length);
    await handle.sync();
    return { ...readStatistics(footer, columns), bytes: BigInt(position + end.length) };
  } finally {
    await handle.close();
  }
}
