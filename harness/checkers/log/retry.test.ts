/** Reads are tried again when that can help, and not for ever. */
import { expect, it } from 'vitest';
import { LogReadError } from './log-error.ts';
import { type RetryPolicy, withRetries } from './retry.ts';

const policy: RetryPolicy = { attemptsMax: 10, pauseMsFirst: 1, pauseMsMax: 2 };

/** Fails `failures` times, then says how often it was called. */
function failing(failures: number, error: () => Error) {
  let calls = 0;
  let repairs = 0;
  const outcome = withRetries(
    async () => {
      calls += 1;
      if (calls <= failures) throw error();
      return calls;
    },
    () => {
      repairs += 1;
    },
    policy,
  );
  return { outcome, counts: () => ({ calls, repairs }) };
}

it('a fault that passes is survived, with a repair before each new try', async () => {
  const { outcome, counts } = failing(3, () => new LogReadError('CONNECTION_CLOSED', 'gone'));
  expect(await outcome).toBe(4);
  expect(counts()).toEqual({ calls: 4, repairs: 3 });
});

it.each([
  [10, new LogReadError('TIMEOUT', 'late')],
  [6, new LogReadError('TOPIC_MISSING', 'none', { retryable: true })],
  [1, new LogReadError('OFFSET_TRIMMED', 'gone')],
  [1, new LogReadError('BROKER_ERROR', 'not authorised')],
])('gives up after %i tries', async (calls, error) => {
  const { outcome, counts } = failing(100, () => error);
  await expect(outcome).rejects.toBe(error);
  expect(counts().calls).toBe(calls);
});

it('an error of another kind is a crash of the reader and is not tried again', async () => {
  const { outcome, counts } = failing(100, () => new TypeError('a slip'));
  await expect(outcome).rejects.toMatchObject({ code: 'READER_CRASHED', detail: 'a slip' });
  expect(counts().calls).toBe(1);
});
