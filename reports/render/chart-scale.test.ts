import { describe, expect, test } from 'vitest';
import { fewerPoints, scale, ticks } from './chart-scale.ts';
import { layerMarks } from './layer-marks.ts';
import { bytesText, duration, grouped, shortened, visible } from './plain-text.ts';

describe('charts', () => {
  test('a spike of one point survives down-sampling, and so do both ends', () => {
    const points = Array.from({ length: 100_000 }, (_, x) => ({ x, y: x === 77_777 ? 1_000 : 1 }));
    const fewer = fewerPoints(points, 1_000);
    expect(fewer.length).toBeLessThanOrEqual(1_000);
    expect(fewer).toContainEqual({ x: 77_777, y: 1_000 });
    expect([fewer[0], fewer.at(-1)]).toEqual([points[0], points.at(-1)]);
    expect(fewer.every((point, i) => i === 0 || point.x > fewer[i - 1]!.x)).toBe(true);
  });

  test('a short series is left as it is', () => {
    const points = [{ x: 0, y: 1 }];
    expect(fewerPoints(points, 10)).toBe(points);
  });

  test('ticks are round, cover the range, and have no dust', () => {
    expect(ticks(0, 20.35, 13)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]);
    expect(ticks(0, 0.3, 4)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(ticks(-30, 970, 5)).toEqual([-500, 0, 500, 1_000]);
    expect(ticks(5, 5, 4).length).toBeLessThan(8);
  });

  test('a scale of no length does not divide by zero', () => {
    expect(scale([3, 3], [10, 20])(3)).toBe(10);
  });
});

describe('equality marks', () => {
  test('one letter means the same rows and the same digest, an empty layer has none', () => {
    const marks = layerMarks([
      { rows: '5', digest: null },
      { rows: '5', digest: 'aa' },
      { rows: '4', digest: 'bb' },
      { rows: '0', digest: '00' },
      { rows: '5', digest: 'aa' },
      { rows: '6', digest: 'aa' },
    ]);
    expect(marks.map((mark) => mark.letter)).toEqual([null, 'A', 'B', null, 'A', 'C']);
    expect(marks[0]?.rowsLike).toBe('A');
    expect(marks[1]?.sharedBy).toBe(2);
  });
});

describe('plain text', () => {
  test('numbers, durations and sizes are said as people say them', () => {
    expect([grouped(34_419), grouped('1234567'), grouped(12n)]).toEqual([
      '34,419',
      '1,234,567',
      '12',
    ]);
    expect([38, 999.6, 20_350, 185_000].map(duration)).toEqual([
      '38 ms',
      '1.0 s',
      '20.4 s',
      '3 min 5 s',
    ]);
    expect(bytesText(25_769_803_776)).toBe('24.0 GiB');
  });

  test('what would be invisible is written out', () => {
    expect(visible('a\u202eb\x1b[0m\u200b\ud800')).toBe('a\\u{202e}b\\x1b[0m\\u{200b}\\u{d800}');
    expect(visible('Zürich ₿ 😀')).toBe('Zürich ₿ 😀');
  });

  test('a long text is cut and the cut is counted', () => {
    expect(shortened('x'.repeat(1_100), 100)).toBe(`${'x'.repeat(100)}… (1,000 more characters)`);
  });
});
