import { expect, test } from 'vitest';
import { sideBySide } from './side-by-side.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });

test('results come in the order of the work', async () => {
  expect(await sideBySide([async () => 'a', async () => 2])).toEqual(['a', 2]);
});

test('the first failure ends the others and is the one that is told', async () => {
  const fails = async () => {
    throw new Error('no disk');
  };
  await expect(sideBySide([untilAborted, fails, untilAborted])).rejects.toThrow('no disk');
});

test('the caller can abort all of it', async () => {
  const caller = new AbortController();
  const running = sideBySide([untilAborted], caller.signal);
  caller.abort();
  await expect(running).rejects.toThrow('aborted');
});
