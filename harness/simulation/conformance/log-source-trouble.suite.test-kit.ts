/**
 * What every log of the pipeline says when it is not what the ledger remembers, and what a reader
 * keeps when it is interrupted: the second half of the log's conformance suite.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  failure,
  nextFailure,
  readTo,
  rowsOf,
} from '../../../scenarios/kafka-source-reading.test-kit.ts';
import type { OffsetRange } from '../../../src/pipeline/model/range.ts';
import type { LogSource, TopicInfo } from '../../../src/pipeline/ports/log-source.ts';
import {
  type LogGround,
  limits,
  newTopic,
  type OpenLogGround,
  texts,
} from './log-source-ground.test-kit.ts';

const rangeOf = ({ topicId }: TopicInfo, first: bigint, last: bigint): OffsetRange => ({
  topicId,
  partition: 0,
  offsetFirst: first,
  offsetLast: last,
});

export function logTroubleSuite(open: OpenLogGround): void {
  let ground: LogGround;
  let source: LogSource;

  beforeAll(async () => {
    ground = await open();
    source = ground.source();
  });

  afterAll(() => ground?.close());

  describe('retention', () => {
    it('that took the position is an error that says what is left', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, texts(5));
      await ground.deleteRecords(topic.name, 0, 3n);
      const reader = await source.reader(topic, 0, 1n);
      const error = await nextFailure(reader);
      expect(error.code).toBe('offset-out-of-range');
      expect(error.facts).toMatchObject({ offset: 1n, earliest: 3n, latest: 5n });
      expect(error.message).toMatch(/offset 1 .* holds 3 up to 5/);
      await reader.close();
      const cut = await failure(source.read(topic, rangeOf(topic, 2n, 3n)));
      expect(cut.code).toBe('offset-out-of-range');
      expect(await source.offsets(topic)).toEqual([{ partition: 0, earliest: 3n, latest: 5n }]);
      const rest = await source.read(topic, rangeOf(topic, 3n, 4n));
      expect(rowsOf(rest).map(({ value }) => value)).toEqual(['value 3', 'value 4']);
    });

    it('of everything leaves a log that begins where it ended', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, texts(4));
      await ground.deleteRecords(topic.name, 0, 4n);
      expect(await source.offsets(topic)).toEqual([{ partition: 0, earliest: 4n, latest: 4n }]);
      const reader = await source.reader(topic, 0, 4n);
      expect(await reader.next(limits)).toBe(null);
      await ground.produce(topic.name, 0, ['next']);
      const { rows } = await readTo(reader, 5n, 4n, limits);
      expect(rows).toEqual([{ offset: 4, value: 'next' }]);
      await reader.close();
    });
  });

  describe('the end of the log', () => {
    it('is no place to read beyond: a position or a range past it is out of range', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, ['only']);
      const reader = await source.reader(topic, 0, 5n);
      const error = await nextFailure(reader);
      expect([error.code, error.facts.latest]).toEqual(['offset-out-of-range', 1n]);
      await reader.close();
      const impatient = ground.source({ retryBoundMs: 500 });
      const beyond = await failure(impatient.read(topic, rangeOf(topic, 0n, 2n)));
      expect(beyond.code).toBe('offset-out-of-range');
      expect(beyond.facts).toMatchObject({ offset: 2n, earliest: 0n, latest: 1n });
    });

    it('may come later: a range is waited for within the bound', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, ['here']);
      const reading = source.read(topic, rangeOf(topic, 0n, 1n));
      await ground.clock.sleep(200);
      await ground.produce(topic.name, 0, ['now too']);
      expect(rowsOf(await reading).map(({ value }) => value)).toEqual(['here', 'now too']);
    });
  });

  describe('topics', () => {
    it('that nobody made are missing', async () => {
      const error = await failure(source.topic('conformance-never-made'));
      expect([error.code, error.facts.topic]).toEqual(['topic-missing', 'conformance-never-made']);
    });

    it('that were deleted are missing', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, ['gone']);
      const reader = await source.reader(topic, 0, 0n);
      await readTo(reader, 1n, 0n, limits);
      await ground.deleteTopic(topic.name);
      expect((await nextFailure(reader)).code).toBe('topic-missing');
      expect((await failure(source.offsets(topic))).code).toBe('topic-missing');
      await reader.close();
    });

    it('that were made again under their names are not the same', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, ['old']);
      const reader = await source.reader(topic, 0, 0n);
      await readTo(reader, 1n, 0n, limits);
      await ground.deleteTopic(topic.name);
      await ground.createTopic(topic.name, 1);
      await ground.produce(topic.name, 0, ['new', 'new']);
      const error = await nextFailure(reader);
      const found = await source.topic(topic.name);
      expect(found.topicId).not.toBe(topic.topicId);
      expect([error.code, error.facts.topicIdExpected, error.facts.topicIdFound]).toEqual([
        'topic-recreated',
        topic.topicId,
        found.topicId,
      ]);
      expect((await failure(source.offsets(topic))).code).toBe('topic-recreated');
      const read = source.read(topic, rangeOf(topic, 0n, 0n));
      expect((await failure(read)).code).toBe('topic-recreated');
      await reader.close();
    });
  });

  describe('an interruption', () => {
    it('keeps the block that was begun, and nothing is skipped', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, texts(3));
      const reader = await source.reader(topic, 0, 0n);
      const stop = new AbortController();
      const waiting = failure(reader.next({ ...limits, lingerMs: 60_000 }, stop.signal));
      await ground.clock.sleep(300);
      stop.abort();
      expect((await waiting).code).toBe('interrupted');
      const { rows, blocks } = await readTo(reader, 3n, 0n, limits);
      expect(rows.map(({ value }) => value)).toEqual(texts(3));
      expect(blocks).toHaveLength(1);
      await reader.close();
    });

    it('ends a wait for the first record, a re-read and a closed reader alike', async () => {
      const topic = await newTopic(ground, source);
      await ground.produce(topic.name, 0, ['only']);
      const reader = await source.reader(topic, 0, 1n);
      const stop = new AbortController();
      const waiting = failure(reader.next({ ...limits, lingerMs: 60_000 }, stop.signal));
      const reading = failure(source.read(topic, rangeOf(topic, 0n, 1n), stop.signal));
      await ground.clock.sleep(50);
      stop.abort();
      expect([(await waiting).code, (await reading).code]).toEqual(['interrupted', 'interrupted']);
      const aborted = failure(reader.next(limits, stop.signal));
      expect((await aborted).code).toBe('interrupted');
      const closed = failure(reader.next({ ...limits, lingerMs: 60_000 }));
      await ground.clock.sleep(50);
      await reader.close();
      expect((await closed).code).toBe('interrupted');
      expect((await failure(reader.next(limits))).code).toBe('interrupted');
    });

    it('of a source ends its readers', async () => {
      const topic = await newTopic(ground, source);
      const other = ground.source();
      const reader = await other.reader(topic, 0, 0n);
      const waiting = failure(reader.next({ ...limits, lingerMs: 60_000 }));
      await ground.clock.sleep(50);
      await other.close();
      expect((await waiting).code).toBe('interrupted');
    });
  });
}
