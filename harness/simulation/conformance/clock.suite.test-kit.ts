/**
 * Conformance of the clock: what the pipeline may rely on, kept by the machine's clock and by that
 * of a simulated life.
 *
 * `pass` lets time go on: virtual time does not by itself.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';

export interface ClockGround {
  readonly clock: Clock;
  /** Resolves when the promise has settled, or time has gone on for long enough to know. */
  pass<T>(waiting: Promise<T>): Promise<T>;
}

const shortMs = 20;

export function clockConformance(title: string, open: () => ClockGround): void {
  describe(title, () => {
    let ground: ClockGround;
    beforeEach(() => {
      ground = open();
    });

    test('a sleep lasts at least as long as was asked for', async () => {
      const { clock, pass } = ground;
      const before = clock.monotonicMs();
      await pass(clock.sleep(shortMs));
      // A timer of the machine counts whole milliseconds.
      expect(clock.monotonicMs() - before).toBeGreaterThanOrEqual(shortMs - 1);
    });

    test('monotonic time never goes back, and stamps are milliseconds since 1970', async () => {
      const { clock, pass } = ground;
      const [stamp, before] = [clock.nowMs(), clock.monotonicMs()];
      await pass(clock.sleep(1));
      expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before);
      expect(clock.nowMs()).toBeGreaterThanOrEqual(stamp);
      expect(stamp).toBeGreaterThan(Date.UTC(2020));
    });

    test('a signal ends a sleep early, without an error', async () => {
      const { clock, pass } = ground;
      const stop = new AbortController();
      const before = clock.monotonicMs();
      const sleeping = clock.sleep(60_000, stop.signal);
      stop.abort();
      await pass(sleeping);
      expect(clock.monotonicMs() - before).toBeLessThan(10_000);
    });

    test('a signal that was given before lets nobody sleep', async () => {
      const { clock, pass } = ground;
      const before = clock.monotonicMs();
      await pass(clock.sleep(60_000, AbortSignal.abort()));
      expect(clock.monotonicMs() - before).toBeLessThan(10_000);
    });

    test('the shorter of two sleeps ends first', async () => {
      const { clock, pass } = ground;
      const ended: string[] = [];
      const long = clock.sleep(3 * shortMs).then(() => ended.push('long'));
      const short = clock.sleep(shortMs).then(() => ended.push('short'));
      await pass(Promise.all([long, short]));
      expect(ended).toEqual(['short', 'long']);
    });
  });
}
