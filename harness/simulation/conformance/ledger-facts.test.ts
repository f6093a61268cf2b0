/**
 * What the simulated ledger writes into the history: every effect at the moment it takes effect,
 * and nothing for what was refused.
 *
 * The checkers see nothing else of the ledger, so a fact that is missing or too early would make
 * them blind or false.
 */
import { describe, expect, test } from 'vitest';
import type { HistoryFact } from '../../checkers/history/history.ts';
import {
  closing,
  keyOf,
  lakeWith,
  leaseOf,
  opening,
  outcome,
  partitionAt,
  table,
  take,
  topicId,
} from './ledger-ground.test-kit.ts';
import { openSimulated, type SimulatedGround } from './ledger-simulated.test-kit.ts';

const key = keyOf(0);

/** The facts that a call adds. */
async function factsOf(
  ground: SimulatedGround,
  call: () => Promise<unknown>,
): Promise<HistoryFact[]> {
  const before = ground.facts.length;
  await call();
  return ground.facts.slice(before);
}

describe('effects', () => {
  test('a lease is acquired, fenced and released; renewing it is none', async () => {
    const ground = openSimulated();
    const facts = await factsOf(ground, async () => {
      const lease = await take(ground, leaseOf(0), 'a');
      await ground.ledger.renew(lease, 1);
      await ground.ledger.release(await ground.ledger.fence(lease));
    });
    const [first, second] = facts.map((fact) => (fact.type === 'lease' ? fact.epoch : null));
    expect(second).toBeGreaterThan(first!);
    expect(facts).toEqual([
      { type: 'lease', lease: leaseOf(0), epoch: first, holder: 'a' },
      { type: 'lease', lease: leaseOf(0), epoch: second, holder: 'a' },
      { type: 'lease', lease: leaseOf(0), epoch: second, holder: null },
    ]);
  });

  test('a range is closed, its head moves, the next one is opened: in this order', async () => {
    const ground = openSimulated();
    const lease = await partitionAt(ground, 0);
    const range = opening(0, 0, 10);
    const next = opening(0, 10, 2);
    await ground.ledger.advance(lease, key, { open: range });
    const step = { close: closing(range, 3, 255n), open: next };
    const facts = await factsOf(ground, () => ground.ledger.advance(lease, key, step));
    const common = { type: 'range', epoch: Number(lease.epoch), process: 'process-1' };
    expect(facts).toEqual([
      {
        ...common,
        state: 'done',
        span: { topicId, partition: 0, offsetFirst: 0, offsetLast: 9 },
        rows: 10,
        bronzeRows: 7,
        deadRows: 3,
        bronzeDigest: '00000000000000ff',
        deadDigest: '0000000000000003',
      },
      { type: 'head', layer: 'bronze', topicId, partition: 0, offsetNext: 10 },
      {
        ...common,
        state: 'intent',
        span: { topicId, partition: 0, offsetFirst: 10, offsetLast: 11 },
        rows: 2,
        bronzeRows: null,
        deadRows: null,
        bronzeDigest: null,
        deadDigest: null,
      },
    ]);
  });

  test('a swing: heads, batch, pointer', async () => {
    const ground = openSimulated();
    const lease = await lakeWith(ground, [[5]]);
    const frozen = await factsOf(ground, () => ground.ledger.freeze(lease, table, 'base-0', 9));
    const epoch = Number(lease.epoch);
    const spans = [{ topicId, partition: 0, offsetFirst: 0, offsetLast: 4, rows: 5 }];
    const lake = 'lake.cold.bronze_trades';
    const batch = { type: 'batch', table: lake, batch: 'batch-1', kind: 'append', epoch, spans };
    const head = { type: 'head', layer: lake, topicId, partition: 0 };
    expect(frozen).toEqual([
      { ...head, offsetNext: 0 },
      { ...batch, state: 'open' },
    ]);
    const open = (await ground.ledger.openBatch(table))!;
    expect(await factsOf(ground, () => ground.catalog.swing(open, 'base-1'))).toEqual([
      { ...head, offsetNext: 5 },
      { ...batch, state: 'committed' },
      {
        type: 'swing',
        process: 'process-1',
        table: lake,
        epoch,
        from: 'base-0',
        to: 'base-1',
        snapshot: null,
        expired: [],
      },
    ]);
  });

  test('a table that is made and a stock writer’s swing name who did it', async () => {
    const ground = openSimulated();
    await ground.catalog.create(table, 'base-0');
    await ground.outsider.swing(table, 'base-0', 'base-1', null);
    const swings = ground.facts.map((fact) => fact.type === 'swing' && [fact.process, fact.from]);
    expect(swings).toEqual([
      ['process-1', null],
      ['stock', 'base-0'],
    ]);
  });

  test('a restore tells up to where the history still holds', async () => {
    const ground = openSimulated();
    await take(ground, leaseOf(0));
    const restore = await ground.backup();
    await take(ground, leaseOf(1));
    expect(await factsOf(ground, restore)).toEqual([{ type: 'restored', backupSeq: 1 }]);
  });
});

test('what is refused leaves nothing, neither in the history nor in the ledger', async () => {
  const ground = openSimulated();
  const lease = await lakeWith(ground, [[5]]);
  const partition = await take(ground, leaseOf(0));
  const old = await ground.ledger.freezeMaintenance(lease, table, 'base-0');
  await ground.ledger.fence(lease);
  const state = () => JSON.stringify([...Object.entries(ground.store.backup().state)], replacer);
  const before = state();
  const open = opening(0, 5, 5);
  const refused: ReadonlyArray<readonly [string, () => Promise<unknown>]> = [
    ['conflict', () => ground.ledger.advance(partition, key, { close: closing(open), open })],
    ['refused', () => ground.ledger.advance(partition, key, { open: opening(0, 5, 2, 5n) })],
    ['fenced', () => ground.ledger.freeze(lease, table, 'base-0', 9)],
    ['fenced', () => ground.ledger.freezeMaintenance(lease, table, 'base-0')],
    ['fenced', () => ground.ledger.reopen(lease, old, 'base-0')],
    ['fenced', () => ground.ledger.voidBatch(lease, old)],
    ['fenced', () => ground.catalog.swing(old, 'base-1')],
    ['fenced', () => ground.outsider.swing(table, 'base-0', 'base-1', null)],
    ['conflict', () => ground.catalog.swing({ ...old, base: 'other' }, 'base-1')],
    ['refused', () => ground.outsider.drop(table)],
    ['refused', () => ground.outsider.setHead('bronze', key, 1n)],
  ];
  for (const [code, call] of refused) {
    expect(await factsOf(ground, async () => expect(await outcome(call())).toBe(code))).toEqual([]);
    expect(state()).toBe(before);
  }
});

/** Maps, sets and bigints as JSON. */
function replacer(_key: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return [...value];
  return typeof value === 'bigint' ? `${value}n` : value;
}
