/**
 * Files for the data of INSERTs, on a RAM disk where there is one.
 *
 * The engine reads a file at its own speed with all its parsers, while its calls that take bytes
 * know few formats and lose rows on `input()`. So a body is written to a file as it arrives and the
 * file is gone when the statement is done. The folder's name comes from the data folder: a process
 * that was killed leaves its files behind, and the next one on the same data removes them. Writes
 * are synchronous on purpose: into memory they cost less than a trip through the thread pool, which
 * belongs to the engine.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuse } from './errors.ts';

/** A single body may not be larger. */
export const bodyBytesMax = 8 * 1024 ** 3;
/**
 * A RAM disk with less room than this (containers have 64 MB) is passed over for the temporary
 * folder.
 */
const ramDiskBytesMin = 512 * 1024 ** 2;
const ramDisk = '/dev/shm';

export interface SpooledFile {
  readonly path: string;
  readonly bytes: number;
  remove(): void;
}

export interface Spool {
  readonly folder: string;
  /**
   * Writes `first` and then all of `rest` to a new file. Throws a ServerError above `bodyBytesMax`.
   */
  write(first: Buffer, rest: AsyncIterable<Buffer>): Promise<SpooledFile>;
  close(): void;
}

function hasRamDisk(): boolean {
  try {
    const { bavail, bsize } = statfsSync(ramDisk);
    return bavail * bsize >= ramDiskBytesMin;
  } catch (error) {
    // No such folder: a system without a RAM disk.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

const folderName = (dataDir: string) =>
  `clickhouse-embedded-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;

/** Removes what a killed server on `dataDir` left, when no next one will. */
export function removeSpool(dataDir: string): void {
  for (const place of [ramDisk, tmpdir()]) {
    rmSync(join(place, folderName(dataDir)), { recursive: true, force: true });
  }
}

/** Makes the folder for the server on `dataDir`, empty. */
export function openSpool(dataDir: string): Spool {
  const folder = join(hasRamDisk() ? ramDisk : tmpdir(), folderName(dataDir));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let count = 0;

  const write = async (first: Buffer, rest: AsyncIterable<Buffer>): Promise<SpooledFile> => {
    const path = join(folder, `body-${count++}`);
    const file = openSync(path, 'wx', 0o600);
    let bytes = 0;
    let whole = false;
    try {
      writeAll(file, first);
      bytes = first.length;
      for await (const chunk of rest) {
        bytes += chunk.length;
        if (bytes > bodyBytesMax) {
          throw refuse(446, 'QUERY_IS_TOO_LARGE', `The body has more than ${bodyBytesMax} bytes.`);
        }
        writeAll(file, chunk);
      }
      whole = true;
    } finally {
      closeSync(file);
      if (!whole) rmSync(path, { force: true });
    }
    return { path, bytes, remove: () => rmSync(path, { force: true }) };
  };

  return { folder, write, close: () => rmSync(folder, { recursive: true, force: true }) };
}
