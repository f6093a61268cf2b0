import { expect, test } from 'vitest';
import { dataFile } from './lake.test-kit.ts';
import { sampleFiles } from './sample-files.ts';

const files = Array.from({ length: 50 }, (_, i) => dataFile(i + 1));
const names = (filesMax: number, rowsMax: bigint, seed: number) =>
  sampleFiles(files, { filesMax, rowsMax }, seed).map((file) => file.uri);

test('the same seed gives the same sample, another seed another one', () => {
  expect(names(5, 1_000n, 1)).toEqual(names(5, 1_000n, 1));
  expect(names(5, 1_000n, 1)).not.toEqual(names(5, 1_000n, 2));
});

test('a sample is bounded by files and by rows, and never empty', () => {
  expect(names(5, 1_000n, 1)).toHaveLength(5);
  expect(names(50, 70n, 1)).toHaveLength(7);
  expect(names(50, 0n, 1)).toHaveLength(1);
  expect(names(100, 1_000n, 1)).toHaveLength(50);
});
