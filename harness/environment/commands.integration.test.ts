import { spawnSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { doctor, down, status, up } from './commands.ts';
import { createLocalEnvironment } from './local.ts';
import { otherCache } from './other-cache.test-kit.ts';
import { isAlive, readProcess } from './process-table.ts';
import { answering, createTopic } from './services.test-kit.ts';

const services = ['clickhouse', 'kafka', 'postgres', 'toxiproxy'];

test('a stack that is up outlives the command, is not reaped, and goes down whole', async () => {
  await otherCache();
  onTestFinished(async () => {
    await down();
  });
  expect(await status()).toBe(null);
  const url = JSON.stringify(new URL('commands.ts', import.meta.url).href);
  const script = `const { up } = await import(${url}); process.stdout.write(JSON.stringify(await up()));`;
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  const started = JSON.parse(ran.stdout) as Awaited<ReturnType<typeof up>>;
  expect(started.wasUp).toBe(false);

  // Another run begins with a reap and must leave the stack alone.
  const other = createLocalEnvironment();
  await other.start();
  await other.stop();

  const seen = await status();
  expect(seen?.processes.map(({ name }) => name).sort()).toEqual(services);
  expect(seen?.processes.every(({ state }) => state === 'running')).toBe(true);
  await createTopic(seen!.addresses.direct.kafkaBootstrap);
  expect(await answering(seen!.addresses.proxied)).toEqual(['kafka', 'postgres', 'clickhouse']);
  expect(await up()).toMatchObject({ wasUp: true, id: started.id });

  const living = seen!.processes.map(({ pid }) => readProcess(pid)!);
  const { ended } = await down();
  expect(ended.map(({ name }) => name).sort()).toEqual(services);
  expect(living.filter(isAlive)).toEqual([]);
  expect(await status()).toBe(null);
  expect(await down()).toEqual({ ended: [] });
});

test('the doctor finds this machine fit, for these tests run on it', async () => {
  const report = await doctor();
  expect(report.canStart).toBe(true);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});
