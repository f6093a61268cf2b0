import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../system-clock.ts';
import { createLocalEnvironment } from './local.ts';
import { otherCache } from './other-cache.test-kit.ts';
import { isAlive, signalProcess } from './process-table.ts';
import { endRun } from './reaper.ts';
import { type RecordedRun, recordedRuns } from './run-folder.ts';

const startMsMax = 90_000;
const endMsMax = 20_000;

/**
 * A harness in a process of its own that starts everything and then waits; it never stops anything.
 */
async function childHarness(cache: string): Promise<{ child: ChildProcess; run: RecordedRun }> {
  const module = JSON.stringify(new URL('local.ts', import.meta.url).href);
  const script = `import { createLocalEnvironment } from ${module};
    await createLocalEnvironment().start();
    process.stdin.resume();
    process.stdout.write('started');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TIDEMARK_CACHE: cache },
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await Promise.all(recordedRuns(cache).map(endRun));
  });
  await once(child.stdout, 'data', { signal: AbortSignal.timeout(startMsMax) });
  return { child, run: recordedRuns(cache)[0]! };
}

async function die(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
  'a harness that dies of %s takes its services along',
  async (signal) => {
    const cache = await otherCache();
    const { child, run } = await childHarness(cache);
    expect(run.record.processes.filter(isAlive)).toHaveLength(5);
    await die(child, signal);
    const condition = 'no process and no folder of the run is left';
    const isClean = () =>
      !run.record.processes.some(isAlive) && readdirSync(join(cache, 'runs')).length === 0;
    await waitFor(isClean, { condition, boundMs: endMsMax });
  },
);

test('when its guard is killed too, the next start reaps what it left', async () => {
  const cache = await otherCache();
  const { child, run } = await childHarness(cache);
  const guard = run.record.processes.find(({ name }) => name === 'guard')!;
  signalProcess(guard, 'SIGKILL');
  await waitFor(() => !isAlive(guard), { condition: 'the guard is dead', boundMs: endMsMax });
  await die(child, 'SIGKILL');
  const left = run.record.processes.filter(isAlive);
  expect(left.map(({ name }) => name).sort()).toEqual([
    'clickhouse',
    'kafka',
    'postgres',
    'toxiproxy',
  ]);

  const reaped: string[] = [];
  const next = createLocalEnvironment({
    onProgress: ({ phase, subject }) => phase === 'reap' && reaped.push(subject),
  });
  await next.start();
  expect(reaped).toEqual([run.record.id]);
  expect(left.filter(isAlive)).toEqual([]);
  expect(recordedRuns(cache).map(({ record }) => record.id)).toEqual([next.runFolder.id]);
  await next.stop();
});

test('a stop in the middle of a start ends it and leaves nothing', async () => {
  const cache = await otherCache();
  const environment = createLocalEnvironment();
  const starting = environment.start();
  const refused = expect(starting).rejects.toThrow('was stopped');
  const processes = await waitFor(
    () =>
      recordedRuns(cache).find(({ record }) => record.processes.length > 2)?.record.processes ??
      null,
    { condition: 'some services are being started', boundMs: startMsMax, pollMs: 5 },
  );
  await environment.stop();
  await refused;
  expect(processes.filter(isAlive)).toEqual([]);
  expect(recordedRuns(cache)).toEqual([]);
});

test('the caller can abort a start', async () => {
  const cache = await otherCache();
  const caller = new AbortController();
  const environment = createLocalEnvironment({
    signal: caller.signal,
    onProgress: ({ phase }) => phase === 'ready' && caller.abort(new Error('enough')),
  });
  await expect(environment.start()).rejects.toThrow('enough');
  expect(recordedRuns(cache)).toEqual([]);
});
