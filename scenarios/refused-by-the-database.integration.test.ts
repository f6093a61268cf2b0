/**
 * What the database itself refuses, whoever asks: the rules of the ledger as triggers.
 *
 * A pipeline has run and ended. Then statements that a zombie, an operator's slip or a stock writer
 * could send go straight to Postgres, past all code of the pipeline. Each is refused with its own
 * SQLSTATE, and the proof still passes at the end.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Ground } from './ground.ts';
import type { Row, Scenario } from './scenario.ts';

const ground = new Ground();
let scenario: Scenario;

beforeAll(async () => {
  await ground.start();
  scenario = await ground.scenario({ partitions: 1 });
  scenario.ingest().start();
  scenario.offload().start();
  await scenario.produce({ records: 2_000 });
  await scenario.provenAtEnd();
});
afterAll(() => ground.stop());

/** SQLSTATE of the refusal; fails when the database accepts. */
async function refusal(...statements: readonly string[]): Promise<string> {
  const outcome = await scenario.sql(['BEGIN', ...statements, 'COMMIT'].join(';')).then(
    () => 'accepted',
    (error: unknown) => (error as { code?: string }).code,
  );
  return outcome ?? 'no SQLSTATE';
}

async function one(text: string): Promise<Row> {
  const [row] = await scenario.sql(text);
  return row!;
}

interface Facts {
  readonly topicId: string;
  /** Of partition 0. */
  readonly epoch: number;
  readonly head: number;
  readonly lakeEpoch: number;
  readonly pointer: string;
}

async function facts(): Promise<Facts> {
  const lease = await one(`SELECT lease, epoch FROM tidemark.lease WHERE lease LIKE 'ingest:%'`);
  const head = await one(`SELECT topic_id, offset_next FROM tidemark.head WHERE layer = 'bronze'`);
  const lake = await one(`SELECT epoch FROM tidemark.lease WHERE lease = '${scenario.lake}'`);
  const table = await one('SELECT metadata_location FROM iceberg_tables');
  return {
    topicId: head.topic_id!,
    epoch: Number(lease.epoch),
    head: Number(head.offset_next),
    lakeEpoch: Number(lake.epoch),
    pointer: table.metadata_location!,
  };
}

const rangeColumns =
  'topic_id, partition, offset_first, offset_last, state, epoch, owner, rows, offset_sum';
const openRange = ({ topicId }: Facts, offset: number, epoch: number, state = 'intent') =>
  `INSERT INTO tidemark.range (${rangeColumns})
   VALUES ('${topicId}', 0, ${offset}, ${offset + 9}, '${state}', ${epoch}, 'by hand', 10, 45)`;
const closeRange = ({ topicId, head }: Facts, epoch: number) =>
  `SELECT tidemark.advance('${topicId}', 0, ${epoch}, 'by hand', ${head}, 10, 0, 0, 0,
     null, null, null, null)`;
const inEpoch = (epoch: number) => `SELECT set_config('tidemark.epoch', '${epoch}', true)`;
const swing = (from: string) =>
  `UPDATE iceberg_tables SET metadata_location = 'file:///elsewhere' WHERE metadata_location = '${from}'`;
const openBatch = (base: string, epoch: number) =>
  `INSERT INTO tidemark.batch (lease, batch, epoch, kind, base)
   VALUES ('${scenario.lake}', 'by hand', ${epoch}, 'append', '${base}')`;

test('a range of an old epoch is neither opened nor closed (TM001)', async () => {
  const f = await facts();
  expect(await refusal(openRange(f, f.head, f.epoch - 1))).toBe('TM001');
  expect(await refusal(openRange(f, f.head, f.epoch), closeRange(f, f.epoch - 1))).toBe('TM001');
  expect(await refusal(openRange(f, f.head, f.epoch), closeRange(f, f.epoch), 'ROLLBACK')).toBe(
    'accepted',
  );
});

test('a range begins at the head (TM003), as an intent (TM002), and never twice at once', async () => {
  const f = await facts();
  expect(await refusal(openRange(f, f.head + 1, f.epoch))).toBe('TM003');
  expect(await refusal(openRange(f, f.head - 10, f.epoch))).toBe('TM003');
  expect(await refusal(openRange(f, f.head, f.epoch, 'done'))).toBe('TM002');
  const twice = [openRange(f, f.head, f.epoch), openRange(f, f.head, f.epoch)];
  expect(await refusal(...twice)).toBe('23505');
});

test('a closed range is never changed or deleted, an open one keeps its offsets (TM005)', async () => {
  const f = await facts();
  const changed = `UPDATE tidemark.range SET bronze_rows = bronze_rows, epoch = ${f.epoch}`;
  expect(await refusal(changed)).toBe('TM005');
  expect(await refusal(`${changed} WHERE false`, 'DELETE FROM tidemark.range')).toBe('TM005');
  const longer = `UPDATE tidemark.range SET offset_last = offset_last + 1 WHERE state = 'intent'`;
  expect(await refusal(openRange(f, f.head, f.epoch), longer)).toBe('TM005');
});

test('a head moves forward only and stays (TM008)', async () => {
  for (const layer of ['bronze', scenario.lake]) {
    const where = `WHERE layer = '${layer}'`;
    const back = `UPDATE tidemark.head SET offset_next = offset_next - 1 ${where}`;
    expect(await refusal(back)).toBe('TM008');
    expect(await refusal(`DELETE FROM tidemark.head ${where}`)).toBe('TM008');
  }
});

test('a swing without an epoch or with an old one is refused (TM001)', async () => {
  const f = await facts();
  expect(await refusal(swing(f.pointer))).toBe('TM001');
  expect(await refusal(inEpoch(f.lakeEpoch - 1), swing(f.pointer))).toBe('TM001');
});

test('a swing without an intent (TM002), of a moved base (TM003), or of nothing (TM004) is refused', async () => {
  const f = await facts();
  const now = inEpoch(f.lakeEpoch);
  expect(await refusal(now, swing(f.pointer))).toBe('TM002');
  const moved = openBatch('file:///older', f.lakeEpoch);
  expect(await refusal(moved, now, swing(f.pointer))).toBe('TM003');
  expect(await refusal(now, swing('file:///older'))).toBe('TM004');
});

test('a batch that does not begin at the heads of its table cannot swing (TM006)', async () => {
  const f = await facts();
  const range = `INSERT INTO tidemark.batch_range
    VALUES ('${scenario.lake}', 'by hand', '${f.topicId}', 0, 0, ${f.head - 1}, 1, 1)`;
  const now = inEpoch(f.lakeEpoch);
  const again = [openBatch(f.pointer, f.lakeEpoch), range, now, swing(f.pointer)];
  expect(await refusal(...again)).toBe('TM006');
});

test('a decided batch is never changed or deleted (TM005)', async () => {
  expect(await refusal(`UPDATE tidemark.batch SET state = 'open'`)).toBe('TM005');
  const ranges = 'DELETE FROM tidemark.batch_range';
  expect(await refusal(ranges, 'DELETE FROM tidemark.batch')).toBe('TM005');
});

test('the ranges of a batch are frozen with it (TM005)', async () => {
  const f = await facts();
  const range = `INSERT INTO tidemark.batch_range
    VALUES ('${scenario.lake}', 'by hand', '${f.topicId}', 0, ${f.head}, ${f.head}, 1, 1)`;
  const opened = [openBatch(f.pointer, f.lakeEpoch), range];
  const longer = 'UPDATE tidemark.batch_range SET offset_last = offset_last + 1';
  expect(await refusal(...opened, `${longer} WHERE batch = 'by hand'`)).toBe('TM005');
  expect(await refusal(...opened, 'DELETE FROM tidemark.batch_range')).toBe('TM005');
  const other =
    'SELECT lease, batch, topic_id, partition + 1, 0, 0, 1, 1 FROM tidemark.batch_range';
  expect(await refusal(`INSERT INTO tidemark.batch_range ${other}`)).toBe('TM005');
  expect(await refusal(...opened, 'ROLLBACK')).toBe('accepted');
});

test('a batch is given up only behind a fence (TM007), and a swing commits what it names (TM002)', async () => {
  const f = await facts();
  const opened = openBatch(f.pointer, f.lakeEpoch);
  const givenUp = `UPDATE tidemark.batch SET state = 'void', epoch = l.epoch FROM tidemark.lease l
    WHERE l.lease = '${scenario.lake}' AND state = 'open'`;
  const fence = `UPDATE tidemark.lease SET epoch = epoch + 1 WHERE lease = '${scenario.lake}'`;
  expect(await refusal(opened, givenUp)).toBe('TM007');
  expect(await refusal(opened, fence, givenUp, 'ROLLBACK')).toBe('accepted');
  const named = `SELECT set_config('tidemark.batch', 'another', true)`;
  expect(await refusal(opened, inEpoch(f.lakeEpoch), named, swing(f.pointer))).toBe('TM002');
});

test('an epoch comes from the database and only rises; a lease is never deleted (TM005)', async () => {
  const where = `WHERE lease = '${scenario.lake}'`;
  const { lakeEpoch } = await facts();
  await scenario.sql(`UPDATE tidemark.lease SET epoch = 3 ${where}`);
  expect((await facts()).lakeEpoch).toBeGreaterThan(lakeEpoch);
  expect(await refusal(`DELETE FROM tidemark.lease ${where}`)).toBe('TM005');
});

test('DROP and CREATE of a leased table are refused unless the session means it (TM005)', async () => {
  expect(await refusal('DELETE FROM iceberg_tables')).toBe('TM005');
  const dropped = [`SELECT set_config('tidemark.ddl', 'on', true)`, 'DELETE FROM iceberg_tables'];
  const created = `INSERT INTO iceberg_tables VALUES ('lake', 'cold', 'bronze_trades_binance', 'x')`;
  expect(await refusal(...dropped, `SELECT set_config('tidemark.ddl', '', true)`, created)).toBe(
    'TM005',
  );
  expect(await refusal(...dropped, 'ROLLBACK')).toBe('accepted');
});

test('a service refuses to start while a guard trigger is disabled, and names it', async () => {
  const trigger = 'TRIGGER tidemark_before_head';
  await scenario.sql(`ALTER TABLE tidemark.head DISABLE ${trigger}`);
  const ingest = scenario.ingest('unguarded').start();
  expect(await ingest.ending()).toEqual({ code: 255, signal: null });
  expect(ingest.log().at(-1)).toMatchObject({ event: 'service.failed', code: 'table-invalid' });
  expect(ingest.log().at(-1)!.message).toContain(`ENABLE ${trigger}`);
  await scenario.sql(`ALTER TABLE tidemark.head ENABLE ${trigger}`);
});

test('after all of this the proof still passes', async () => {
  const { verdict, findings } = (await scenario.verify()).document;
  expect({ verdict, findings }).toEqual({ verdict: 'pass', findings: [] });
});
