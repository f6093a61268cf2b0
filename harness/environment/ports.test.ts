import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from './ports.ts';

const listen = (port: number) =>
  new Promise<void>((resolve, reject) => {
    const server = createServer();
    onTestFinished(() => {
      server.close();
    });
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });

test('the ports are different and can be bound', async () => {
  const ports = await freePorts(9);
  expect(new Set(ports).size).toBe(9);
  await Promise.all(ports.map(listen));
});

test('no port lies where the kernel takes source ports from', async () => {
  for (const port of await freePorts(20)) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
  }
});
