import { expect, test } from 'vitest';
import { Prng } from './prng.ts';
import * as shapes from './trade-shapes.ts';

test('a shape draws between its points, in the shares of its points', () => {
  const shape = new shapes.Shape([
    [0.5, 1],
    [0.9, 10],
    [1, 1000],
  ]);
  const prng = new Prng(3);
  const drawn = Array.from({ length: 100_000 }, () => shape.draw(prng));
  const share = (low: number, high: number) =>
    drawn.filter((value) => value >= low && value < high).length / drawn.length;
  expect(Math.abs(share(1, 1.000_001) - 0.5)).toBeLessThan(0.01);
  expect(Math.abs(share(1.000_001, 10) - 0.4)).toBeLessThan(0.01);
  expect(Math.abs(share(10, 1000) - 0.1)).toBeLessThan(0.01);
});

test('points that are no distribution are refused', () => {
  const points = [
    [[1, 0]],
    [[0.5, 1]],
    [
      [0.5, 2],
      [1, 1],
    ],
    [
      [0.5, 1],
      [0.5, 2],
      [1, 3],
    ],
  ] as unknown as shapes.ShapePoint[][];
  for (const wrong of points) expect(() => new shapes.Shape(wrong)).toThrow(RangeError);
});

test('a millisecond has one trade mostly and 735 at most', () => {
  const prng = new Prng(4);
  let most = 0;
  let single = 0;
  for (let i = 0; i < 300_000; i += 1) {
    const trades = Math.floor(shapes.tradesInMillisecond.draw(prng));
    most = Math.max(most, trades);
    if (trades === 1) single += 1;
  }
  expect(most).toBeGreaterThan(600);
  expect(most).toBeLessThanOrEqual(735);
  expect(Math.abs(single / 300_000 - 0.638)).toBeLessThan(0.01);
});
