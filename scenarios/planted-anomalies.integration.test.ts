/**
 * Damage done by hand to a run that was healthy, and what `verify` calls it.
 *
 * Each test plants one thing in one real store, expects exactly its name and the identity of the
 * record, range, snapshot or file that it hit, and repairs it. The last test sees the run pass
 * again, so nothing planted before can have hidden in what came after.
 */
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../harness/environment/dummy.test-kit.ts';
import type { VerdictDocument } from '../harness/experiment/journal-events.ts';
import { tidemark } from './command-line.ts';
import { Ground } from './ground.ts';
import { bronze, deadLetters, named, PlantedScene, type Span } from './planted-scene.test-kit.ts';

const ground = new Ground();
const byHand = '1000000';
let scene: PlantedScene;
/** The record that most tests hurt, the range it was closed in, and where it is in SQL. */
let victim: { offset: number; span: Span; where: string };

beforeAll(async () => {
  await ground.start();
  scene = await PlantedScene.prepare(ground);
  const { first } = await scene.largeRange();
  const [row] = await scene.scenario.clickhouse(
    `SELECT offset FROM ${bronze} WHERE partition = 0 AND offset > ${first + 20} ORDER BY offset LIMIT 1`,
  );
  const offset = Number(row!.offset);
  const span = await scene.rangeAt(0, offset);
  victim = { offset, span, where: `partition = 0 AND offset = ${offset}` };
});
afterAll(() => ground.stop());

const inSpan = ({ partition, first, last }: Span) =>
  `partition = ${partition} AND offset BETWEEN ${first} AND ${last}`;

/** Findings as `code layer partition:offset`; the verdict must be `violated`. */
function names(document: VerdictDocument): string[] {
  expect(document.verdict).toBe('violated');
  return named(document.findings);
}

/** Offsets of a table's rows in a span, as findings name them. */
async function offsets(table: string, span: Span, code: string): Promise<string[]> {
  const select = `SELECT offset FROM ${table}_kept WHERE ${inSpan(span)} ORDER BY offset`;
  const rows = await scene.scenario.clickhouse(select);
  return rows.map((row) => `${code} ${span.partition}:${row.offset}`);
}

/** What the ledger says as well, when a closed range no longer holds what it was closed with. */
const rangeDiffers = ({ partition, first }: Span) => `digest-mismatch ledger ${partition}:${first}`;

describe('the hot store', () => {
  test('a row deleted is missing, on the command line too: exit code 1, and the record is named', async () => {
    const folder = temporaryFolder();
    const config = join(folder, 'context.json');
    writeFileSync(config, JSON.stringify(scene.scenario.context));
    await scene.remove(bronze, victim.where);
    const answer = await tidemark(folder, 'verify', '--config', config, '--json');
    await scene.restore(bronze, victim.where);
    expect(answer.code, answer.stderr).toBe(1);
    const document = JSON.parse(answer.stdout) as VerdictDocument;
    expect(names(document)).toEqual([
      rangeDiffers(victim.span),
      `missing bronze 0:${victim.offset}`,
    ]);
    const [missing] = document.findings.filter(({ code }) => code === 'missing');
    expect(missing).toMatchObject({ identity: { topicId: scene.topicId }, actual: [] });
    expect(missing!.expected).toHaveProperty('price');
  });

  test('a row inserted again is a duplicate, with both copies', async () => {
    const document = await scene.seen({
      plant: () => scene.insert(bronze, `SELECT * FROM ${bronze} WHERE ${victim.where}`),
      repair: () => scene.restore(bronze, victim.where),
    });
    expect(names(document)).toEqual([
      rangeDiffers(victim.span),
      `duplicate bronze 0:${victim.offset}`,
    ]);
    const [duplicate] = document.findings.filter(({ code }) => code === 'duplicate');
    expect(duplicate!.actual).toEqual([duplicate!.expected, duplicate!.expected]);
  });

  test('a price off by 0.00000001 is altered, with both values', async () => {
    const dearer = `price + toDecimal128('0.00000001', 8) AS price`;
    const document = await scene.seen({
      plant: async () => {
        await scene.remove(bronze, victim.where);
        const select = `SELECT * REPLACE (${dearer}) FROM ${bronze}_kept WHERE ${victim.where}`;
        await scene.insert(bronze, select);
      },
      repair: () => scene.restore(bronze, victim.where),
    });
    expect(names(document)).toEqual([
      `altered bronze 0:${victim.offset}`,
      rangeDiffers(victim.span),
    ]);
    const [altered] = document.findings.filter(({ code }) => code === 'altered');
    const { price } = altered!.expected!;
    expect(price).toMatch(/^\d+\.\d{7}0$/);
    expect(altered!.actual).toEqual([{ ...altered!.expected, price: price!.replace(/0$/, '1') }]);
  });

  test('a dead letter deleted is missing there', async () => {
    const [first] = await scene.scenario.clickhouse(
      `SELECT partition, offset FROM ${deadLetters} ORDER BY partition, offset LIMIT 1`,
    );
    const { partition, offset } = first!;
    const where = `partition = ${partition} AND offset = ${offset}`;
    const document = await scene.seen({
      plant: () => scene.remove(deadLetters, where),
      repair: () => scene.restore(deadLetters, where),
    });
    expect(names(document)).toEqual([
      rangeDiffers(await scene.rangeAt(Number(partition), Number(offset))),
      `missing dead-letters ${partition}:${offset}`,
    ]);
  });

  test('a row at an offset that the log does not have is a phantom', async () => {
    const others = `topic_id, partition, exchange, symbol, trade_id, price, quantity, side, event_time, trade_time`;
    const select = `SELECT ${others} FROM ${bronze}_kept WHERE ${victim.where}`;
    const document = await scene.seen({
      plant: () =>
        scene.scenario
          .clickhouse(
            `INSERT INTO ${bronze} (offset, ${others}) SELECT ${byHand}, * FROM (${select})`,
          )
          .then(() => undefined),
      repair: () => scene.remove(bronze, `offset = ${byHand}`),
    });
    expect(names(document)).toEqual([`phantom bronze 0:${byHand}`]);
  });

  test('a whole range inserted again is a late duplicate of each of its trades', async () => {
    const where = inSpan(victim.span);
    const document = await scene.seen({
      plant: () => scene.insert(bronze, `SELECT * FROM ${bronze} WHERE ${where}`),
      repair: () => scene.restore(bronze, where),
    });
    const trades = await offsets(bronze, victim.span, 'late-duplicate bronze');
    expect(names(document)).toEqual([rangeDiffers(victim.span), ...trades].sort());
  });

  test('the end of a range cut off is a torn batch', async () => {
    const { last } = victim.span;
    const tail = { ...victim.span, first: last - 4 };
    const document = await scene.seen({
      plant: () => scene.remove(bronze, inSpan(tail)),
      repair: () => scene.restore(bronze, inSpan(tail)),
    });
    const trades = await offsets(bronze, tail, 'torn-batch bronze');
    expect(trades.length).toBeGreaterThan(1);
    expect(names(document)).toEqual([rangeDiffers(victim.span), ...trades].sort());
  });
});

describe('the lake', () => {
  interface Committed extends Span {
    readonly batch: string;
    readonly base: string;
    readonly rows: bigint;
    readonly digest: bigint;
  }

  /** Committed appends that hold partition 0, oldest first. */
  async function committed(): Promise<readonly Committed[]> {
    const rows = await scene.scenario.sql(
      `SELECT b.batch, b.base, r.* FROM tidemark.batch b JOIN tidemark.batch_range r USING (lease, batch)
       WHERE b.state = 'committed' AND r.rows > 0 ORDER BY b.at, r.partition`,
    );
    return rows.map((row) => ({
      batch: row.batch!,
      base: row.base!,
      partition: Number(row.partition),
      first: Number(row.offset_first),
      last: Number(row.offset_last),
      rows: BigInt(row.rows!),
      digest: BigInt(row.digest!),
    }));
  }

  test('a committed range appended again: every record is there twice, and the snapshot is named', async () => {
    const before = await scene.pointer();
    const again = (await committed()).find(({ partition }) => partition === 0)!;
    const { partition, first, last, rows, digest: sum } = again;
    const range = { topicId: scene.topicId, partition, digest: { rows, sum } };
    const document = await scene.seen({
      plant: () =>
        scene.appendUnasked('by-hand', [
          { ...range, offsetFirst: BigInt(first), offsetLast: BigInt(last) },
        ]),
      repair: () => scene.point(before),
    });
    const found = document.findings;
    const doubled = found.filter(({ layer }) => layer === 'lake').map(({ code }) => code);
    const twice = found.filter(({ code }) => /^(late-)?duplicate$/.test(code));
    const trades = await offsets(bronze, again, 'twice lake');
    expect(twice.map(({ identity }) => `twice lake 0:${identity!.offset}`)).toEqual(trades);
    expect(new Set(doubled)).toEqual(new Set([twice[0]!.code, 'snapshot-not-prefix']));
    const zombie = found.find(({ code }) => code === 'zombie-commit')!;
    const prefix = found.find(({ code }) => code === 'snapshot-not-prefix')!;
    expect(zombie.actual).toMatchObject([{ batch: 'by-hand', rows: `${rows}` }]);
    expect(prefix.actual[0]!.snapshotId).toBe(zombie.actual[0]!.snapshotId);
    expect(found).toHaveLength(trades.length + 2);
  });

  test('a data file that went missing is dangling, by its name', async () => {
    const [first] = await committed();
    const table = join(fileURLToPath(scene.scenario.warehouseUri), 'cold', bronze);
    const files = readdirSync(join(table, 'data'), { recursive: true, encoding: 'utf8' });
    const name = files.find((file) => file.includes(first!.batch) && file.endsWith('.parquet'))!;
    const file = join(table, 'data', name);
    const document = await scene.seen({
      plant: async () => renameSync(file, `${file}.away`),
      repair: async () => renameSync(`${file}.away`, file),
    });
    expect(names(document)).toContain('dangling-file lake');
    const dangling = document.findings.filter(({ code }) => code === 'dangling-file');
    expect(dangling).toHaveLength(1);
    expect(dangling[0]!.actual[0]!.uri).toBe(`file://${file}`);
    expect(names(document)).toEqual(['dangling-file lake']);
  });

  test('the pointer set back: the table is behind the ledger, and the rows of the lost batch are missing', async () => {
    const before = await scene.pointer();
    const last = (await committed()).at(-1)!;
    const lost = (await committed()).filter(({ batch }) => batch === last.batch);
    const document = await scene.seen({
      plant: () => scene.point(last.base),
      repair: () => scene.point(before),
    });
    const trades = await Promise.all(lost.map((span) => offsets(bronze, span, 'missing lake')));
    const [{ partition, first }] = lost as [Committed];
    expect(names(document)).toEqual(
      [
        'ahead-of-table ledger',
        `silent-no-commit ledger ${partition}:${first}`,
        ...trades.flat(),
      ].sort(),
    );
    const ahead = document.findings.find(({ code }) => code === 'ahead-of-table')!;
    expect(ahead).toMatchObject({
      expected: { pointer: before },
      actual: [{ pointer: last.base }],
    });
  });
});

describe('the ledger', () => {
  async function headMoved(layer: string, by: number): Promise<string[]> {
    const move = (offsets: number) =>
      scene.pastTheGuards(
        ['tidemark.head'],
        `UPDATE tidemark.head SET offset_next = offset_next + ${offsets}
         WHERE layer = '${layer}' AND partition = 1`,
      );
    return names(await scene.seen({ plant: () => move(by), repair: () => move(-by) }));
  }

  test('a head of bronze moved by force is named, whichever way it went', async () => {
    expect(await headMoved('bronze', -10)).toEqual([
      'ahead-of-table ledger 1:3990',
      'head-regression ledger 1:3990',
    ]);
    expect(await headMoved('bronze', 10)).toEqual(['range-gap ledger 1:4000']);
  });

  test('a head of the lake moved by force is named, whichever way it went', async () => {
    const { lake } = scene.scenario;
    expect(await headMoved(lake, -10)).toEqual(['head-regression ledger 1:3990']);
    expect(await headMoved(lake, 10)).toEqual([
      'ahead-of-table ledger 1:4000',
      'silent-no-commit ledger 1:4000',
    ]);
  });

  test('a range closed under an older epoch than the one before it is a zombie commit', async () => {
    const where = `partition = 0 AND offset_first = ${victim.span.first}`;
    const { epoch } = await scene.one(`SELECT epoch FROM tidemark.range WHERE ${where}`);
    const set = (value: string) =>
      scene.pastTheGuards(
        ['tidemark.range'],
        `UPDATE tidemark.range SET epoch = ${value} WHERE ${where}`,
      );
    const document = await scene.seen({ plant: () => set('0'), repair: () => set(epoch!) });
    expect(names(document)).toEqual([`zombie-commit ledger 0:${victim.span.first}`]);
  });

  test('a batch called committed that never was is a silent no-commit, by its id', async () => {
    const where = `lease = '${scene.scenario.lake}' AND batch = 'by-hand'`;
    const tables = ['tidemark.batch', 'tidemark.batch_range'];
    const document = await scene.seen({
      plant: () =>
        scene.pastTheGuards(
          tables,
          `INSERT INTO tidemark.batch (lease, batch, epoch, kind, base, state, new_location, at)
           SELECT lease, 'by-hand', epoch, kind, base, state, new_location, at FROM tidemark.batch
           WHERE state = 'committed' ORDER BY at DESC LIMIT 1`,
          `INSERT INTO tidemark.batch_range
           SELECT lease, 'by-hand', topic_id, partition, offset_first, offset_last, rows, digest
           FROM tidemark.batch_range WHERE partition = 0 ORDER BY offset_first LIMIT 1`,
        ),
      repair: () =>
        scene.pastTheGuards(
          tables,
          `DELETE FROM tidemark.batch_range WHERE ${where}`,
          `DELETE FROM tidemark.batch WHERE ${where}`,
        ),
    });
    expect(names(document)).toEqual(['silent-no-commit ledger 0:0']);
    expect(document.findings[0]!.message).toContain('batch by-hand is committed');
  });
});

test('repaired, the run passes again', async () => {
  const { verdict, findings } = (await scene.scenario.verify()).document;
  expect({ verdict, findings }).toEqual({ verdict: 'pass', findings: [] });
});
