/**
 * Waiting for inserts against a server that says how many still run.
 *
 * That the real server's list is complete is proved by the hot store's conformance suite.
 */
import { describe, expect, test } from 'vitest';
import { errorCode } from '../../errors.ts';
import type { Connection } from './client.ts';
import { runningSettings, waitForInserts } from './running-inserts.ts';

const key = { topicId: 'it-is-a-topic', partition: 3 };

function answering(counts: (look: number) => number) {
  const looks: string[] = [];
  const connection: Connection = {
    rows: async (query) => {
      looks.push(query);
      return [{ running: `${counts(looks.length)}`, slept: '0' }];
    },
    execute: async () => undefined,
    close: async () => undefined,
  };
  return { connection, looks };
}

describe('a fence waits for older inserts', () => {
  test('nothing runs: one look is enough', async () => {
    const { connection, looks } = answering(() => 0);
    await waitForInserts(connection, key, 7n, 1_000);
    expect(looks).toHaveLength(1);
  });

  test('it looks again until the last one has ended', async () => {
    const { connection, looks } = answering((look) => Math.max(0, 3 - look));
    await waitForInserts(connection, key, 7n, 1_000);
    expect(looks).toHaveLength(3);
  });

  test('one that never ends is an unknown outcome, after the time that an insert may take', async () => {
    const { connection, looks } = answering(() => 1);
    const waited = waitForInserts(connection, key, 7n, 1_000);
    expect(await waited.catch(errorCode)).toBe('unknown-outcome');
    expect(looks).toHaveLength((1 + 5 + 5) * 20);
  });

  test('it asks for the mark that an insert of this partition carries, and not for its neighbours', async () => {
    const { connection, looks } = answering(() => 0);
    await waitForInserts(connection, key, 7n, 1_000);
    const settings = runningSettings(key, 6n, 1_500);
    expect(settings).toEqual({
      log_comment: 'tidemark insert it-is-a-topic/3 6',
      max_execution_time: 7,
    });
    expect(looks[0]).toContain(`'tidemark insert it-is-a-topic/3 '`);
    const [, at] = /substring\(Settings\['log_comment'\], (\d+)\)/.exec(looks[0]!) ?? [];
    expect(`${settings.log_comment}`.slice(Number(at) - 1)).toBe('6');
  });
});
