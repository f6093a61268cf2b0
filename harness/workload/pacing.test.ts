import { describe, expect, test } from 'vitest';
import { type Pacing, pacerOf } from './pacing.ts';

const record = (eventTimeMs: number | null) => ({
  key: Buffer.alloc(0),
  value: null,
  symbol: 'S',
  tradeId: null,
  eventTimeMs,
});

/** Runs a pacer against a clock that only moves by its own waits (and `workMs` a record). */
function run(pacing: Pacing, times: ReadonlyArray<number | null>, workMs = 0) {
  const pacer = pacerOf(pacing)!;
  let nowMs = 5000;
  let waits = 0;
  const left = times.map((time) => {
    const waitMs = pacer(record(time), nowMs);
    if (waitMs > 0) waits += 1;
    nowMs += waitMs + workMs;
    return nowMs - 5000;
  });
  return { left, waits };
}

describe('pacing', () => {
  test('a rate is held, smoothly and with few waits', () => {
    const { left, waits } = run({ ratePerSecond: 10_000 }, Array(50_000).fill(null));
    expect(left.at(-1)!).toBeGreaterThan(4900);
    expect(left.at(-1)!).toBeLessThanOrEqual(5000);
    expect(waits).toBeLessThan(300);
    // In no 100 ms do more than 120 ms worth of records leave.
    for (let i = 0; i + 1200 < left.length; i += 100) {
      expect(left[i + 1200]! - left[i]!).toBeGreaterThanOrEqual(100);
    }
  });

  test('one record a second is one record a second', () => {
    expect(run({ ratePerSecond: 1 }, [null, null, null]).left).toEqual([0, 1000, 2000]);
  });

  test('whoever fell behind catches up by one second at most', () => {
    const pacer = pacerOf({ ratePerSecond: 1000 })!;
    let nowMs = 0;
    const next = () => (nowMs += pacer(record(null), nowMs));
    for (let i = 0; i < 1000; i += 1) next();
    nowMs += 60_000;
    const from = nowMs;
    let atOnce = 0;
    while (next() === from) atOnce += 1;
    expect(atOnce).toBeGreaterThan(900);
    expect(atOnce).toBeLessThan(1100);
  });

  test('the recorded spacing is kept, divided by the speed', () => {
    const times = [1000, 1000, 1500, null, 1400, 3000];
    expect(run({ speed: 1 }, times).left).toEqual([0, 0, 500, 500, 500, 2000]);
    expect(run({ speed: 10 }, times).left).toEqual([0, 0, 50, 50, 50, 200]);
  });

  test('without a pace nothing waits', () => {
    expect(pacerOf({})).toBeNull();
  });

  test('nonsense is refused', () => {
    for (const pacing of [{ ratePerSecond: 0 }, { speed: -1 }, { ratePerSecond: 1, speed: 1 }]) {
      expect(() => pacerOf(pacing)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    }
    expect(() => pacerOf({ speed: Number.NaN })).toThrow(/speed is NaN/);
  });
});
