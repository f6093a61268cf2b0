/**
 * Reads are repeated while that can help, within the bound, and stop at once when it can't or when
 * the caller says so.
 */
import { expect, it } from 'vitest';
import { TidemarkError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { BrokerError, ConnectionError } from './broker-errors.ts';
import { orInterrupted, retryRead } from './retry.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Time passes only by sleeping. */
function testClock(): Clock & { slept: number[] } {
  const slept: number[] = [];
  const now = () => slept.reduce((sum, ms) => sum + ms, 0);
  return { slept, nowMs: now, monotonicMs: now, sleep: async (ms) => void slept.push(ms) };
}

const options = (clock: Clock, signal?: AbortSignal) => ({
  what: 'fetch trades/0 at 5',
  addresses: () => '127.0.0.1:9092',
  boundMs: 3_000,
  clock,
  logger: quiet,
  signal,
});

it('tries again with growing pauses until it works', async () => {
  const clock = testClock();
  let attempts = 0;
  const read = async () => {
    attempts += 1;
    if (attempts < 4) throw new ConnectionError('cut');
    return 'there';
  };
  expect(await retryRead(read, options(clock))).toBe('there');
  expect(clock.slept).toEqual([50, 100, 200]);
});

it('names what was read, whom it asked and why when the bound passes', async () => {
  const clock = testClock();
  const read = () => Promise.reject(new BrokerError('Fetch', 'NOT_LEADER_OR_FOLLOWER'));
  const error = await retryRead(read, options(clock)).catch((e: unknown) => e as TidemarkError);
  expect(error).toMatchObject({ code: 'dependency-missing' });
  for (const part of ['trades/0 at 5', '127.0.0.1:9092', 'NOT_LEADER_OR_FOLLOWER']) {
    expect((error as TidemarkError).message).toContain(part);
  }
  expect(clock.monotonicMs()).toBeLessThanOrEqual(3_000);
});

it('what no repetition can change is not repeated', async () => {
  const clock = testClock();
  const denied = () => Promise.reject(new BrokerError('Fetch', 'TOPIC_AUTHORIZATION_FAILED'));
  await expect(retryRead(denied, options(clock))).rejects.toMatchObject({ code: 'refused' });
  const gone = () => Promise.reject(new TidemarkError('topic-missing', 'gone'));
  await expect(retryRead(gone, options(clock))).rejects.toMatchObject({ code: 'topic-missing' });
  expect(clock.slept).toEqual([]);
});

it('an abort ends it between attempts, and a wait that is under way', async () => {
  const stop = new AbortController();
  const clock = testClock();
  const read = async () => {
    stop.abort();
    throw new ConnectionError('cut');
  };
  const stopped = { code: 'interrupted' };
  await expect(retryRead(read, options(clock, stop.signal))).rejects.toMatchObject(stopped);
  const other = new AbortController();
  const waiting = orInterrupted(new Promise<never>(() => {}), 'waiting', other.signal);
  other.abort();
  await expect(waiting).rejects.toMatchObject(stopped);
});
