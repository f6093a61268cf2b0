/**
 * The disk below a lake, as a small port: whole files, slices, sizes, listings. Names are the URIs
 * that metadata holds.
 */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface ListedFile {
  readonly uri: string;
  readonly bytes: number;
}

export interface LakeFiles {
  /** Rejects when the file is not there. */
  read(uri: string): Promise<Uint8Array>;
  slice(uri: string, start: number, end: number): Promise<ArrayBuffer>;
  /** Size in bytes, or null when the file is not there. */
  size(uri: string): Promise<number | null>;
  /** All files below a folder. */
  list(folderUri: string): Promise<readonly ListedFile[]>;
}

/** One spelling for the ways in which writers name a local file: `file:/a`, `file:///a`, `/a`. */
export function canonicalUri(uri: string): string {
  return `file://${localPath(uri)}`;
}

/**
 * Fails for a scheme that is not a local file. Iceberg's paths are taken as they stand: `%` is a
 * letter like any other.
 */
export function localPath(uri: string): string {
  if (uri.startsWith('/')) return uri;
  if (uri.startsWith('file:/')) return uri.slice('file:'.length).replace(/^\/+/, '/');
  throw new Error(`only local files can be read here, not ${uri}`);
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** `mapPath` lets a table that was written elsewhere be read where it lies now. */
export function createLocalFiles(mapPath: (path: string) => string = (path) => path): LakeFiles {
  const pathOf = (uri: string) => mapPath(localPath(uri));
  return {
    read: (uri) => readFile(pathOf(uri)),
    async slice(uri, start, end) {
      const file = await open(pathOf(uri));
      try {
        const bytes = new Uint8Array(end - start);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
        if (bytesRead !== bytes.length) throw new Error(`${uri} ends before byte ${end}`);
        return bytes.buffer;
      } finally {
        await file.close();
      }
    },
    async size(uri) {
      try {
        return (await stat(pathOf(uri))).size;
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async list(folderUri) {
      const folder = pathOf(folderUri);
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const listed: ListedFile[] = [];
      for (const entry of entries.filter((e) => e.isFile())) {
        const path = join(entry.parentPath, entry.name);
        const { size } = await stat(path);
        listed.push({
          uri: `${folderUri.replace(/\/$/, '')}${path.slice(folder.length)}`,
          bytes: size,
        });
      }
      return listed;
    },
  };
}
