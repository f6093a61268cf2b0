/**
 * Promises of a lake engine: an append is there whole, once, and only when it is what the ledger
 * froze.
 */
import { expect, test } from 'vitest';
import { codeOf, type LakeTwin, names, openLake, table } from './lake-engine-ground.test-kit.ts';

export function appendPromises(twin: LakeTwin): void {
  test('a new table is empty, and making it again leaves it alone', async () => {
    const lake = await openLake(twin);
    const base = await lake.base();
    await lake.engine.ensureTable(table);
    expect(await lake.base()).toBe(base);
    expect(await lake.opened.snapshots()).toEqual([]);
  });

  test('what is appended is read back exactly once, over days and partitions', async () => {
    const lake = await openLake(twin);
    const ranges = [await lake.fill(5, 24), await lake.fill(0, 3, 1)];
    await lake.fill(25, 30);
    await lake.append(ranges);
    expect(await lake.rows()).toEqual([...names(5, 24), ...names(0, 3, 1)]);
    await lake.append([await lake.frozen(25, 30)]);
    expect(await lake.rows()).toEqual([...names(5, 30), ...names(0, 3, 1)]);
  });

  test('each append is a snapshot with its batch, its parent, the next number and all rows', async () => {
    const lake = await openLake(twin);
    await lake.append([await lake.fill(0, 9)]);
    await lake.append([await lake.fill(10, 14)]);
    const [one, two, ...others] = await lake.opened.snapshots();
    expect(others).toEqual([]);
    expect(one).toMatchObject({ parent: null, sequence: 1, operation: 'append', rowsClaimed: 10 });
    expect(two).toMatchObject({
      parent: one?.id,
      sequence: 2,
      operation: 'append',
      rowsClaimed: 15,
    });
    expect([one?.batch, two?.batch]).toEqual(['batch-1', 'batch-2']);
    expect([one?.rows, two?.rows]).toEqual([names(0, 9), names(0, 14)]);
  });

  test('a batch without trades is committed too, and changes no row', async () => {
    const lake = await openLake(twin);
    await lake.append([await lake.fill(0, 4)]);
    await lake.append([await lake.frozen(50, 59)]);
    expect(await lake.rows()).toEqual(names(0, 4));
    expect((await lake.opened.snapshots()).map((one) => one.batch)).toEqual(['batch-1', 'batch-2']);
  });

  test('many appends stay one table: manifests are merged on the way', async () => {
    const lake = await openLake(twin);
    for (let first = 0; first < 50; first += 5)
      await lake.append([await lake.fill(first, first + 4)]);
    const seen = await lake.opened.snapshots();
    expect(seen.map((one) => one.rows.length)).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
    expect(seen.map((one) => one.rowsClaimed)).toEqual(seen.map((one) => one.rows.length));
    expect(await lake.rows()).toEqual(names(0, 49));
  });

  test('a process that has just started appends to what is there', async () => {
    const lake = await openLake(twin);
    await lake.append([await lake.fill(0, 4)]);
    await lake.opened.engine().append(await lake.batch([await lake.fill(5, 9)]));
    expect(await lake.rows()).toEqual(names(0, 9));
  });

  test('a batch that the table already shows is refused', async () => {
    const lake = await openLake(twin);
    const batch = await lake.append([await lake.fill(0, 4)]);
    const again = { ...batch, base: await lake.base() };
    const files = await lake.opened.files();
    expect(await codeOf(lake.engine.append(again))).toBe('table-invalid');
    expect(await lake.rows()).toEqual(names(0, 4));
    expect(await lake.opened.files()).toEqual(files);
  });

  test('a base that is not there is refused', async () => {
    const lake = await openLake(twin);
    const batch = await lake.batch([await lake.fill(0, 4)]);
    const lost = { ...batch, base: batch.base.replace(/[^/]*$/, 'nowhere.metadata.json') };
    expect(await codeOf(lake.engine.append(lost))).toBe('table-invalid');
  });

  test.each([
    ['has more rows', 1n, 0n],
    ['has other rows', 0n, 1n],
  ])(
    'a batch whose digest %s than the hot store is refused, and nothing is left',
    async (_, rows, sum) => {
      const lake = await openLake(twin);
      await lake.append([await lake.fill(0, 4)]);
      const files = await lake.opened.files();
      const range = await lake.fill(5, 24);
      const digest = { rows: range.digest.rows + rows, sum: range.digest.sum + sum };
      const attempt = lake.append([{ ...range, digest }]);
      expect(await codeOf(attempt)).toBe('digest-mismatch');
      expect(await lake.rows()).toEqual(names(0, 4));
      expect(await lake.opened.files()).toEqual(files);
    },
  );

  test('a file that lacks rows is refused, and nothing is left', async () => {
    const lake = await openLake(twin);
    const range = await lake.fill(0, 24);
    lake.opened.tearNextFile(4);
    expect(await codeOf(lake.append([range]))).toBe('digest-mismatch');
    expect(await lake.opened.snapshots()).toEqual([]);
    expect(await lake.opened.files()).toEqual([]);
    await lake.append([range]);
    expect(await lake.rows()).toEqual(names(0, 24));
  });

  test('a stopped engine does not swing', async () => {
    const lake = await openLake(twin);
    const batch = await lake.batch([await lake.fill(0, 4)]);
    expect(await codeOf(lake.engine.append(batch, AbortSignal.abort()))).toBe('interrupted');
    expect(await lake.opened.snapshots()).toEqual([]);
    await lake.engine.append(batch);
    expect(await lake.rows()).toEqual(names(0, 4));
  });
}
