/** Which files are on the disk below a table, and how large they are; asked once for all checks. */
import { canonicalUri, type LakeFiles, type ListedFile } from './lake-files.ts';
import { allFiles, type LakeState } from './lake-state.ts';

export interface FilePresence {
  /**
   * Sizes in bytes of all files that metadata names or that lie below the table; null: not there.
   */
  readonly sizes: ReadonlyMap<string, number | null>;
  /** Everything below the table's location. */
  readonly listed: readonly ListedFile[];
}

export async function readPresence(files: LakeFiles, state: LakeState): Promise<FilePresence> {
  const listing = await files.list(state.location);
  const listed = listing.map(({ uri, bytes }) => ({ uri: canonicalUri(uri), bytes }));
  const sizes = new Map<string, number | null>(listed.map(({ uri, bytes }) => [uri, bytes]));
  for (const { uri } of allFiles(state)) {
    if (!sizes.has(uri)) sizes.set(uri, await files.size(uri));
  }
  return { sizes, listed };
}
