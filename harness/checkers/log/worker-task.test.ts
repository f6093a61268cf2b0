/** A thread that misbehaves becomes a named error, and never a hang or a crash of the harness. */
import { expect, it } from 'vitest';
import { runWorker } from './worker-task.ts';

const task = (source: string, silenceMsMax = 20_000) => {
  const code = `import { parentPort, workerData } from 'node:worker_threads'; ${source}`;
  const file = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const rows: number[] = [];
  const result = runWorker<number>({
    file,
    data: 20,
    onRows: (count) => rows.push(count),
    silenceMsMax,
  });
  return { rows, result };
};

it('gives the result and the rows on the way', async () => {
  const { rows, result } = task(
    `parentPort.postMessage({ type: 'rows', rows: 3 });
     parentPort.postMessage({ type: 'result', result: workerData + 1 });`,
  );
  expect(await result).toBe(21);
  expect(rows).toEqual([3]);
});

it('a throw that nobody catches is READER_CRASHED, with what was thrown', async () => {
  const { result } = task(`queueMicrotask(() => { throw new RangeError('out of bounds') });`);
  await expect(result).rejects.toMatchObject({ code: 'READER_CRASHED', detail: 'out of bounds' });
});

it('an early exit is READER_CRASHED', async () => {
  const { result } = task(`process.exit(3);`);
  await expect(result).rejects.toThrow(/READER_CRASHED.*3/);
});

it('silence is NO_PROGRESS', async () => {
  const { result } = task(`parentPort.on('message', () => {});`, 300);
  await expect(result).rejects.toMatchObject({ code: 'NO_PROGRESS' });
});

it('an error keeps its code and whether it may be tried again', async () => {
  const message = { type: 'error', code: 'TIMEOUT', detail: 'late', retryable: true };
  const { result } = task(`parentPort.postMessage(${JSON.stringify(message)});`);
  await expect(result).rejects.toMatchObject({ code: 'TIMEOUT', detail: 'late', retryable: true });
});
