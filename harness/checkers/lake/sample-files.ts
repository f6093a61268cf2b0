/**
 * A seeded choice of data files: the same seed and the same files give the same sample.
 *
 * Each name is hashed together with the seed and the least hashes are taken, so a file that comes
 * later does not change which of the others are chosen except by taking a place.
 */
import { xxHash64Text } from '../digest/xxhash64.ts';
import type { LakeDataFile } from './lake-state.ts';

export function sampleFiles(
  files: readonly LakeDataFile[],
  filesMax: number,
  seed: number,
): readonly LakeDataFile[] {
  if (files.length <= filesMax) return files;
  const ranked = files.map((file) => ({
    file,
    rank: xxHash64Text(`${seed}/${file.uri}`).toBigInt(),
  }));
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return ranked.slice(0, filesMax).map(({ file }) => file);
}
