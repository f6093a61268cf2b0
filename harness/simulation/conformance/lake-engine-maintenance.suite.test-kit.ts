/**
 * Promises of a lake engine: maintenance changes no row, keeps the newest snapshots readable and
 * deletes nothing that anybody may still need.
 */
import { expect, test } from 'vitest';
import {
  codeOf,
  type Lake,
  type LakeTwin,
  names,
  openLake,
  snapshotsKeptMin,
  table,
} from './lake-engine-ground.test-kit.ts';

/** `count` appends of five rows each. */
async function appendTimes(lake: Lake, count: number, first = 0): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const offset = first + i * 5;
    await lake.append([await lake.fill(offset, offset + 4)]);
  }
}

const maintain = async (lake: Lake) => lake.engine.maintain(await lake.batch([], 'maintenance'));

export function maintenancePromises(twin: LakeTwin): void {
  test('it is due when half as many snapshots can go as have to stay', async () => {
    const lake = await openLake(twin);
    expect(await lake.engine.maintenanceDue(table)).toBe(false);
    await appendTimes(lake, 4);
    expect(await lake.engine.maintenanceDue(table)).toBe(false);
    await appendTimes(lake, 1, 20);
    expect(await lake.engine.maintenanceDue(table)).toBe(true);
    await maintain(lake);
    expect(await lake.engine.maintenanceDue(table)).toBe(false);
  });

  test('no row changes; the newest snapshots stay, each with its rows, and the others go', async () => {
    const lake = await openLake(twin);
    await appendTimes(lake, 6);
    const before = await lake.opened.snapshots();
    await maintain(lake);
    const after = await lake.opened.snapshots();
    expect(after).toEqual(before.slice(-snapshotsKeptMin));
    expect(await lake.rows()).toEqual(names(0, 29));
    await appendTimes(lake, 1, 30);
    expect(await lake.rows()).toEqual(names(0, 34));
  });

  test('what only expired snapshots led to is deleted; data files never are', async () => {
    const lake = await openLake(twin);
    await appendTimes(lake, 6);
    const before = await lake.opened.files();
    await maintain(lake);
    const after = await lake.opened.files();
    expect(after.length).toBeLessThan(before.length);
    const data = (paths: readonly string[]) => paths.filter((one) => one.endsWith('.parquet'));
    expect(data(after)).toEqual(data(before));
    expect(after.filter((one) => !before.includes(one))).toEqual([]);
  });

  test('with nothing to do it still swings, so that its batch is closed', async () => {
    const lake = await openLake(twin);
    await appendTimes(lake, 1);
    const base = await lake.base();
    await maintain(lake);
    expect(await lake.base()).not.toBe(base);
    expect((await lake.opened.snapshots()).map((one) => one.batch)).toEqual(['batch-1']);
  });

  test.each(['conflict', 'fenced', 'lost-before', 'lost-after', 'lying-conflict'] as const)(
    'the swing ends by %s: every snapshot of the table is readable',
    async (fault) => {
      const lake = await openLake(twin);
      await appendTimes(lake, 6);
      lake.opened.catalog.faultNext = fault;
      expect(await codeOf(maintain(lake))).not.toBe('done');
      const seen = await lake.opened.snapshots();
      expect(seen.at(-1)?.rows).toEqual(names(0, 29));
      const happened = fault === 'lost-after' || fault === 'lying-conflict';
      expect(seen).toHaveLength(happened ? snapshotsKeptMin : 6);
      await appendTimes(lake, 1, 30);
      expect(await lake.rows()).toEqual(names(0, 34));
    },
  );

  test('an append that was prepared before maintenance is refused after it', async () => {
    const lake = await openLake(twin);
    await appendTimes(lake, 6);
    const batch = await lake.batch([await lake.fill(30, 34)]);
    await maintain(lake);
    expect(await codeOf(lake.engine.append(batch))).toBe('conflict');
    await lake.engine.append({ ...batch, base: await lake.base() });
    expect(await lake.rows()).toEqual(names(0, 34));
  });

  test('a stopped engine does not swing maintenance', async () => {
    const lake = await openLake(twin);
    await appendTimes(lake, 6);
    const batch = await lake.batch([], 'maintenance');
    expect(await codeOf(lake.engine.maintain(batch, AbortSignal.abort()))).toBe('interrupted');
    expect(await lake.base()).toBe(batch.base);
    expect(await lake.opened.snapshots()).toHaveLength(6);
  });
}
