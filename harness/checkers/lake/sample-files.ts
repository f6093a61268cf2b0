/**
 * A seeded choice of data files: the same seed and the same files give the same sample.
 *
 * Each name is hashed together with the seed and the least hashes are taken, so a file that comes
 * later does not change which of the others are chosen except by taking a place.
 */
import { xxHash64Text } from '../digest/xxhash64.ts';
import type { LakeDataFile } from './lake-state.ts';

export interface SampleSize {
  readonly filesMax: number;
  /** The first file is taken whatever its size. */
  readonly rowsMax: bigint;
}

export function sampleFiles(
  files: readonly LakeDataFile[],
  { filesMax, rowsMax }: SampleSize,
  seed: number,
): readonly LakeDataFile[] {
  const ranked = files.map((file) => ({
    file,
    rank: xxHash64Text(`${seed}/${file.uri}`).toBigInt(),
  }));
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const sample: LakeDataFile[] = [];
  let rows = 0n;
  for (const { file } of ranked.slice(0, filesMax)) {
    rows += file.recordCount;
    if (sample.length === 0 || rows <= rowsMax) sample.push(file);
  }
  return sample;
}
