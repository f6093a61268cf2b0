import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLocalEnvironment } from './local.ts';
import { query } from './services.test-kit.ts';

/** Index of PostgreSQL's own port among those that a start asks for. */
const postgresIndex = 3;

const lost = vi.hoisted(() => ({ port: 0, left: 1 }));

vi.mock(import('./ports.ts'), async (original) => {
  const real = await original();
  const freePorts = async (count: number) => {
    const ports = await real.freePorts(count);
    if (lost.left > 0) ports[postgresIndex] = lost.port;
    lost.left -= 1;
    return ports;
  };
  return { ...real, freePorts };
});

test('a port that is lost between finding and binding costs a second try, not the run', async () => {
  const thief = createServer().listen(0, '127.0.0.1');
  const environment = createLocalEnvironment({
    onProgress: ({ text }) => told.push(text),
  });
  const told: string[] = [];
  onTestFinished(async () => {
    await environment.stop();
    thief.close();
  });
  await new Promise((listening) => thief.once('listening', listening));
  lost.port = (thief.address() as { port: number }).port;

  const { direct } = await environment.start();
  expect(told).toContain('a port was taken meanwhile; starting again with others');
  expect(await query(direct.postgresUrl, 'SELECT 1')).toEqual([1]);
});
