/**
 * Promises of a lake engine: what is left of an attempt when its swing is refused, or when nobody
 * knows.
 *
 * Released Iceberg writers have deleted live files exactly here, and appended twice.
 */
import { expect, test } from 'vitest';
import { codeOf, type LakeTwin, names, openLake } from './lake-engine-ground.test-kit.ts';

export function swingPromises(twin: LakeTwin): void {
  test.each(['conflict', 'fenced'] as const)(
    'a swing that is refused by %s leaves the table as it was, and no file',
    async (code) => {
      const lake = await openLake(twin);
      await lake.append([await lake.fill(0, 4)]);
      const files = await lake.opened.files();
      lake.opened.catalog.faultNext = code;
      expect(await codeOf(lake.append([await lake.fill(5, 24)]))).toBe(code);
      expect(await lake.rows()).toEqual(names(0, 4));
      expect(await lake.opened.files()).toEqual(files);
    },
  );

  test('two attempts at one batch: the second meets a moved base, and harms nothing', async () => {
    const lake = await openLake(twin);
    await lake.append([await lake.fill(0, 4)]);
    const batch = await lake.batch([await lake.fill(5, 24)]);
    const [first, zombie] = [lake.opened.engine(), lake.opened.engine()];
    await first.append(batch);
    const files = await lake.opened.files();
    expect(await codeOf(zombie.append(batch))).toBe('conflict');
    expect(await lake.rows()).toEqual(names(0, 24));
    expect(await lake.opened.files()).toEqual(files);
  });

  test('two attempts at the same time: one is there, once', async () => {
    const lake = await openLake(twin);
    const batch = await lake.batch([await lake.fill(0, 24)]);
    const attempts = [lake.opened.engine(), lake.opened.engine()].map((one) =>
      codeOf(one.append(batch)),
    );
    expect((await Promise.all(attempts)).sort()).toEqual(['conflict', 'done']);
    expect(await lake.rows()).toEqual(names(0, 24));
    expect(lake.opened.catalog.committed).toEqual([batch.batchId]);
  });

  test('the swing happened and its answer is lost: the files stay and are read', async () => {
    const lake = await openLake(twin);
    lake.opened.catalog.faultNext = 'lost-after';
    expect(await codeOf(lake.append([await lake.fill(0, 24)]))).toBe('unknown-outcome');
    expect(await lake.rows()).toEqual(names(0, 24));
  });

  test('the swing did not happen and its answer is lost: files stay, the next attempt is whole', async () => {
    const lake = await openLake(twin);
    await lake.append([await lake.fill(0, 4)]);
    const files = await lake.opened.files();
    const batch = await lake.batch([await lake.fill(5, 24)]);
    lake.opened.catalog.faultNext = 'lost-before';
    expect(await codeOf(lake.engine.append(batch))).toBe('unknown-outcome');
    expect(await lake.rows()).toEqual(names(0, 4));
    expect((await lake.opened.files()).length).toBeGreaterThan(files.length);
    await lake.engine.append({ ...batch, epoch: batch.epoch + 1n });
    expect(await lake.rows()).toEqual(names(0, 24));
  });

  test('a refusal is not believed when the catalog knows the version: the files stay', async () => {
    const lake = await openLake(twin);
    lake.opened.catalog.faultNext = 'lying-conflict';
    expect(await codeOf(lake.append([await lake.fill(0, 24)]))).toBe('conflict');
    expect(await lake.rows()).toEqual(names(0, 24));
  });

  test('a refusal whose truth can not be asked leaves the files', async () => {
    const lake = await openLake(twin);
    const batch = await lake.batch([await lake.fill(0, 24)]);
    lake.opened.catalog.faultNext = 'conflict';
    lake.opened.catalog.pointerFails = true;
    expect(await codeOf(lake.engine.append(batch))).toBe('conflict');
    lake.opened.catalog.pointerFails = false;
    expect((await lake.opened.files()).length).toBeGreaterThan(0);
    await lake.engine.append(batch);
    expect(await lake.rows()).toEqual(names(0, 24));
  });

  test('a file was written and its answer lost: it stays, and the next attempt does not meet it', async () => {
    const lake = await openLake(twin);
    const batch = await lake.batch([await lake.fill(0, 24)]);
    lake.opened.loseNextWrite();
    expect(await codeOf(lake.engine.append(batch))).toBe('unknown-outcome');
    expect(await lake.opened.files()).toHaveLength(1);
    await lake.engine.append(batch);
    expect(await lake.rows()).toEqual(names(0, 24));
  });
}
