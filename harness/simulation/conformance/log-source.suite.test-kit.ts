/**
 * What every log of the pipeline promises, as tests that the real and the simulated one both pass.
 *
 * A simulation that promises more than Kafka does proves nothing, and one that promises less raises
 * false alarms. This part is about what is read; `log-source-trouble.suite.test-kit.ts` is about
 * logs that changed under the reader.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endsAt, readTo, rowsOf } from '../../../scenarios/kafka-source-reading.test-kit.ts';
import type { LogSource } from '../../../src/pipeline/ports/log-source.ts';
import {
  expectSameAgain,
  type LogGround,
  limits,
  newTopic,
  type OpenLogGround,
  readAll,
  texts,
  topicName,
  type Value,
} from './log-source-ground.test-kit.ts';

export function logReadingSuite(open: OpenLogGround): void {
  let ground: LogGround;
  let source: LogSource;

  beforeAll(async () => {
    ground = await open();
    source = ground.source();
  });

  afterAll(() => ground?.close());

  describe('records', () => {
    it('come back from each partition at their own offsets, null values too', async () => {
      const topic = await newTopic(ground, source, 3);
      expect(topic.partitions).toBe(3);
      for (const partition of [0, 1, 2]) {
        const values = texts(60, `p${partition} é`).map((v, i) => (i % 25 === 7 ? null : v));
        await ground.produce(topic.name, partition, values);
        const reader = await source.reader(topic, partition, 0n);
        const { rows, blocks } = await readTo(reader, 60n, 0n, limits);
        expect(rows).toEqual(values.map((value, offset) => ({ offset, value })));
        expect(blocks.map((block) => block.hasNullValue)).toEqual([true]);
        expect(blocks[0]!.range).toMatchObject({ topicId: topic.topicId, partition });
        await reader.close();
      }
      const offsets = await source.offsets(topic);
      const whole = { earliest: 0n, latest: 60n };
      expect(offsets).toEqual([0, 1, 2].map((partition) => ({ partition, ...whole })));
    });

    it('come from any offset on, and go on where the block before ended', async () => {
      const topic = await newTopic(ground, source);
      for (const part of [0, 1, 2]) await ground.produce(topic.name, 0, texts(7, `batch ${part}`));
      const reader = await source.reader(topic, 0, 5n);
      const { rows } = await readTo(reader, 21n, 5n, { ...limits, rowsMax: 4 });
      expect(rows.map(({ offset }) => offset)).toEqual(texts(16).map((_, i) => i + 5));
      expect(await reader.next(limits)).toBe(null);
      await ground.produce(topic.name, 0, ['later']);
      const { rows: later } = await readTo(reader, 22n, 21n, limits);
      expect(later).toEqual([{ offset: 21, value: 'later' }]);
      await reader.close();
    });

    it('of one long value are one row, and an empty value is not null', async () => {
      const topic = await newTopic(ground, source);
      const values = ['', 'x'.repeat(127), 'y'.repeat(128), 'z'.repeat(70_000)];
      await ground.produce(topic.name, 0, values);
      const { rows, blocks } = await readAll(source, topic, 4n);
      expect(rows.map(({ value }) => value)).toEqual(values);
      expect(blocks[0]!.hasNullValue).toBe(false);
    });
  });

  describe('limits', () => {
    it('of rows cut every block but the last at exactly so many', async () => {
      const topic = await newTopic(ground, source);
      for (let i = 0; i < 5; i++) await ground.produce(topic.name, 0, texts(11));
      const { blocks } = await readAll(source, topic, 55n, { ...limits, rowsMax: 8 });
      expect(blocks.map(({ rows }) => rows)).toEqual([8, 8, 8, 8, 8, 8, 7]);
      await expectSameAgain(source, topic, blocks);
    });

    it('of bytes are never passed, and a record that is larger goes alone', async () => {
      const topic = await newTopic(ground, source);
      const sizes = [5, 5, 40, 3, 200, 5, 126, 1, 1, 60, 60, 60];
      const values: Value[] = sizes.map((size) => 'v'.repeat(size));
      values[3] = null;
      values[7] = null;
      await ground.produce(topic.name, 0, values);
      for (const bytesMax of [1, 60, 100, 150, 250, 1_000]) {
        const { blocks, rows } = await readAll(source, topic, 12n, { ...limits, bytesMax });
        expect(rows.map(({ value }) => value)).toEqual(values);
        expect(blocks.map((block) => block.rows)).toEqual(cutBy(bytesMax, values));
        for (const { body, rows: count } of blocks) {
          expect(body.length <= bytesMax || count === 1).toBe(true);
        }
      }
    });

    it('make a full block come at once, whatever the linger', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, texts(6));
      const reader = await source.reader(topic, 0, 0n);
      const start = ground.clock.monotonicMs();
      const block = await reader.next({ ...limits, rowsMax: 6, lingerMs: 60_000 });
      expect(block!.rows).toBe(6);
      expect(ground.clock.monotonicMs() - start).toBeLessThan(30_000);
      await reader.close();
    });
  });

  describe('the linger', () => {
    it('ends with null when nothing came, and not before', async () => {
      const topic = await newTopic(ground, source);
      const reader = await source.reader(topic, 0, 0n);
      const start = ground.clock.monotonicMs();
      expect(await reader.next({ ...limits, lingerMs: 300 })).toBe(null);
      expect(ground.clock.monotonicMs() - start).toBeGreaterThanOrEqual(299);
      await reader.close();
    });

    it('joins what comes within it into the block that was begun', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, ['first']);
      const reader = await source.reader(topic, 0, 0n);
      const waiting = reader.next({ ...limits, lingerMs: 1_500 });
      await ground.clock.sleep(200);
      await ground.produce(topic.name, 0, ['second']);
      expect(rowsOf((await waiting)!).map(({ value }) => value)).toEqual(['first', 'second']);
      await reader.close();
    });

    it('hands out a first record that came within it', async () => {
      const topic = await newTopic(ground, source);
      const reader = await source.reader(topic, 0, 0n);
      const waiting = reader.next({ ...limits, lingerMs: 1_500, rowsMax: 1 });
      await ground.produce(topic.name, 0, ['now']);
      expect(rowsOf((await waiting)!)).toEqual([{ offset: 0, value: 'now' }]);
      await reader.close();
    });
  });

  describe('transactions', () => {
    it('that were aborted leave holes, their markers and those of commits too', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, ['plain 0']);
      const one = await ground.begin(topic.name);
      const two = await ground.begin(topic.name);
      await one.send(0, ['one 1']);
      await two.send(0, ['two 2']);
      await one.send(0, ['one 3', 'one 4']);
      await two.abort();
      await ground.produce(topic.name, 0, ['plain 6']);
      await one.commit();
      const { rows, blocks } = await readAll(source, topic, 8n, { ...limits, rowsMax: 2 });
      expect(rows).toEqual([
        { offset: 0, value: 'plain 0' },
        { offset: 1, value: 'one 1' },
        { offset: 3, value: 'one 3' },
        { offset: 4, value: 'one 4' },
        { offset: 6, value: 'plain 6' },
      ]);
      await expectSameAgain(source, topic, blocks);
      // From every offset on, also from inside the aborted transaction and from a marker.
      for (let from = 0n; from < 8n; from++) {
        const range = { ...blocks[0]!.range, offsetFirst: from, offsetLast: 7n };
        const tail = rowsOf(await source.read(topic, range));
        expect(tail).toEqual(rows.filter(({ offset }) => offset >= Number(from)));
      }
    });

    it('over several partitions leave a marker in each that was written', async () => {
      const topic = await newTopic(ground, source, 3);
      const transaction = await ground.begin(topic.name);
      await transaction.send(0, ['a', 'b']);
      await transaction.send(2, ['c']);
      await transaction.commit();
      await endsAt(source, topic, 3n);
      const ends = async () => (await source.offsets(topic)).map(({ latest }) => latest);
      await expect.poll(ends).toEqual([3n, 0n, 2n]);
    });

    it('that leave holes only give a block without rows, so that heads can pass', async () => {
      const topic = await newTopic(ground, source);
      const transaction = await ground.begin(topic.name);
      await transaction.send(0, ['gone', 'gone']);
      await transaction.abort();
      const { blocks } = await readAll(source, topic, 3n);
      expect(blocks).toMatchObject([
        { rows: 0, offsetSum: 0n, hasNullValue: false, range: { offsetFirst: 0n, offsetLast: 2n } },
      ]);
      expect(blocks[0]!.body).toHaveLength(0);
      await expectSameAgain(source, topic, blocks);
    });

    it('that are open hide what lies behind them, until they end', async () => {
      const topic = await newTopic(ground, source);
      const transaction = await ground.begin(topic.name);
      await ground.produce(topic.name, 0, ['before']);
      await transaction.send(0, ['undecided']);
      await ground.produce(topic.name, 0, ['behind']);
      const reader = await source.reader(topic, 0, 0n);
      const { rows } = await readTo(reader, 1n, 0n, limits);
      expect(rows).toEqual([{ offset: 0, value: 'before' }]);
      expect(await reader.next(limits)).toBe(null);
      expect(await source.offsets(topic)).toMatchObject([{ earliest: 0n, latest: 1n }]);
      await transaction.commit();
      await endsAt(source, topic, 4n);
      const { rows: rest } = await readTo(reader, 4n, 1n, limits);
      expect(rest).toEqual([
        { offset: 1, value: 'undecided' },
        { offset: 2, value: 'behind' },
      ]);
      await reader.close();
    });
  });

  describe('compaction', () => {
    it('leaves holes, and the offsets of what is left stay what they were', async () => {
      const name = topicName();
      await ground.compactedTopic(name, [
        ['a', 'a 0'],
        ['b', 'b 1'],
        ['a', 'a 2'],
        ['a', 'a 3'],
        ['c', 'c 4'],
        ['b', 'b 5'],
        ['d', 'd 6'],
      ]);
      const topic = await source.topic(name);
      const { rows, blocks } = await readAll(source, topic, 7n, { ...limits, rowsMax: 2 });
      expect(rows).toEqual([
        { offset: 3, value: 'a 3' },
        { offset: 4, value: 'c 4' },
        { offset: 5, value: 'b 5' },
        { offset: 6, value: 'd 6' },
      ]);
      await expectSameAgain(source, topic, blocks);
    });
  });

  describe('progress for operators', () => {
    it('is what the group shows, the newest for each partition', async () => {
      const topic = await newTopic(ground, source, 2);
      await source.publishProgress(topic, new Map([[0, 41n]]));
      const both = new Map([
        [0, 42n],
        [1, 7n],
      ]);
      await source.publishProgress(topic, both);
      expect(await ground.progress(topic.name)).toEqual(both);
      await source.publishProgress(topic, new Map());
      expect(await ground.progress(topic.name)).toEqual(both);
    });
  });
}

/** Rows of each block, counted the plain way: offset, a marker once a null is there, value. */
function cutBy(bytesMax: number, values: readonly Value[]): number[] {
  const sizeOf = (block: readonly Value[]) => {
    const marker = block.includes(null) ? 1 : 0;
    const bytes = block.map(
      (v) => 8 + marker + (v === null ? 0 : v.length + (v.length > 127 ? 2 : 1)),
    );
    return bytes.reduce((sum, size) => sum + size, 0);
  };
  const blocks: Value[][] = [[]];
  for (const value of values) {
    const last = blocks.at(-1)!;
    if (last.length > 0 && sizeOf([...last, value]) > bytesMax) blocks.push([value]);
    else last.push(value);
  }
  return blocks.map((block) => block.length);
}
