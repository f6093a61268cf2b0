import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { freePorts } from '../environment/ports.ts';
import { produceCommand } from './produce-command.ts';

const nowhere = { topic: 't', bootstrapServers: '127.0.0.1:1', journal: '/nowhere/journal' };

test('arguments that contradict each other are refused', async () => {
  for (const args of [
    {},
    { input: 'x.jsonl', seed: 4 },
    { input: 'x.jsonl', malformed: 0.1 },
    { records: 1, late: 2 },
    { records: 1, rate: 5, speed: 5 },
  ]) {
    await expect(produceCommand({ ...nowhere, ...args })).rejects.toMatchObject({
      code: 'bad-argument',
    });
  }
});

test('a Kafka that is not there is named, and no journal is left', async () => {
  const bootstrapServers = `127.0.0.1:${(await freePorts(1))[0]}`;
  await expect(produceCommand({ ...nowhere, bootstrapServers, records: 1 })).rejects.toMatchObject({
    code: 'kafka-unreachable',
    message: expect.stringContaining(bootstrapServers) as string,
  });
  expect(existsSync(nowhere.journal)).toBe(false);
});
