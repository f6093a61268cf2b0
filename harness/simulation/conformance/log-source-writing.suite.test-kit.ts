/**
 * What a broker does with batches that come twice, out of order or too late, as tests that the real
 * and the simulated one both pass: the part of the log's conformance suite about producers.
 *
 * Exactly-once begins here: what the simulated broker lets in decides which anomalies a run can
 * show. Every test ends by reading the log.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogSource, TopicInfo } from '../../../src/pipeline/ports/log-source.ts';
import {
  type LogGround,
  newTopic,
  type OpenLogGround,
  readAll,
  type Who,
} from './log-source-ground.test-kit.ts';

const bumped = (who: Who): Who => ({ ...who, epoch: who.epoch + 1 });

export function logWritingSuite(open: OpenLogGround): void {
  let ground: LogGround;
  let source: LogSource;
  let topic: TopicInfo;
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `conformance-raw-${ids}`;
  };
  const put = (who: Who, sequence: number, values: readonly string[], id: string | null = null) =>
    ground.writer.produce(topic.name, 0, { ...who, sequence }, values, id);
  const contents = async (end: bigint) =>
    (await readAll(source, topic, end)).rows.map(({ offset, value }) => `${offset} ${value}`);

  beforeAll(async () => {
    ground = await open();
    source = ground.source();
  });

  afterAll(() => ground?.close());

  describe('a batch', () => {
    it('that was sent again is answered as before and not appended', async () => {
      topic = await newTopic(ground, source);
      const who = await ground.writer.start(null);
      expect(await put(who, 0, ['a', 'b', 'c'])).toBe(0n);
      expect(await put(who, 3, ['d'])).toBe(3n);
      expect(await put(who, 0, ['a', 'b', 'c'])).toBe(0n);
      expect(await put(who, 3, ['d'])).toBe(3n);
      expect(await put(who, 4, ['e'])).toBe(4n);
      expect(await contents(5n)).toEqual(['0 a', '1 b', '2 c', '3 d', '4 e']);
    });

    it('is known again as long as it is among the last five', async () => {
      topic = await newTopic(ground, source);
      const who = await ground.writer.start(null);
      for (let i = 0; i < 7; i++) await put(who, i, [`v${i}`]);
      expect(await put(who, 2, ['v2'])).toBe(2n);
      expect(await put(who, 1, ['v1'])).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
      expect(await contents(7n)).toHaveLength(7);
    });

    it('that overtook another one is refused until its turn comes', async () => {
      topic = await newTopic(ground, source);
      const who = await ground.writer.start(null);
      await put(who, 0, ['a']);
      expect(await put(who, 2, ['c'])).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
      expect(await put(who, 1, ['b'])).toBe(1n);
      expect(await put(who, 2, ['c'])).toBe(2n);
      expect(await contents(3n)).toEqual(['0 a', '1 b', '2 c']);
    });

    it('of a higher epoch begins at 0 and shuts the lower ones out', async () => {
      topic = await newTopic(ground, source);
      const who = await ground.writer.start(null);
      await put(who, 0, ['a']);
      expect(await put(bumped(who), 1, ['x'])).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
      expect(await put(bumped(who), 0, ['b'])).toBe(1n);
      expect(await put(who, 1, ['late'])).toBe('INVALID_PRODUCER_EPOCH');
      expect(await contents(2n)).toEqual(['0 a', '1 b']);
    });

    it('of a producer that the partition does not know may begin with any number', async () => {
      topic = await newTopic(ground, source);
      const who = await ground.writer.start(null);
      expect(await put(who, 7, ['a'])).toBe(0n);
      expect(await put(who, 0, ['before'])).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
      expect(await put(who, 8, ['b'])).toBe(1n);
      expect(await contents(2n)).toEqual(['0 a', '1 b']);
    });

    it('has numbers of its own in each partition and for each producer', async () => {
      topic = await newTopic(ground, source, 2);
      const [one, two] = [await ground.writer.start(null), await ground.writer.start(null)];
      expect(await put(one, 0, ['one'])).toBe(0n);
      expect(await put(two, 0, ['two'])).toBe(1n);
      const batch = { ...one, sequence: 0 };
      expect(await ground.writer.produce(topic.name, 1, batch, ['other'], null)).toBe(0n);
      expect(await contents(2n)).toEqual(['0 one', '1 two']);
    });
  });

  describe('a transaction', () => {
    it('that has ended takes no late batch in, whatever comes next', async () => {
      topic = await newTopic(ground, source, 2);
      const id = newId();
      const first = await ground.writer.start(id);
      expect(await put(first, 0, ['in time'], id)).toBe(0n);
      const second = (await ground.writer.end(id, first, 'committed')) as Who;
      expect(second).toEqual(bumped(first));
      expect(await put(second, 0, ['of the next'], id)).toBe(2n);
      expect(await put(first, 1, ['late'], id)).toBe('INVALID_PRODUCER_EPOCH');
      const elsewhere = { ...first, sequence: 0 };
      const late = ground.writer.produce(topic.name, 1, elsewhere, ['late'], id);
      expect(await late).toBe('INVALID_PRODUCER_EPOCH');
      expect(await ground.writer.end(id, second, 'committed')).toEqual(bumped(second));
      expect(await contents(4n)).toEqual(['0 in time', '2 of the next']);
      expect((await source.offsets(topic))[1]!.latest).toBe(0n);
    });

    it('of which no batch arrived is aborted all the same, and shuts late ones out', async () => {
      topic = await newTopic(ground, source);
      const id = newId();
      const who = await ground.writer.start(id);
      const next = (await ground.writer.end(id, who, 'aborted')) as Who;
      expect(next).toEqual(bumped(who));
      expect(await put(who, 0, ['late'], id)).toBe('INVALID_PRODUCER_EPOCH');
      expect(await put(next, 0, ['kept'], id)).toBe(0n);
      await ground.writer.end(id, next, 'committed');
      expect(await contents(2n)).toEqual(['0 kept']);
    });

    it('ends once: asked again it answers the same, the other end is refused', async () => {
      topic = await newTopic(ground, source);
      const id = newId();
      const who = await ground.writer.start(id);
      await put(who, 0, ['kept'], id);
      expect(await ground.writer.end(id, who, 'committed')).toEqual(bumped(who));
      expect(await ground.writer.end(id, who, 'committed')).toEqual(bumped(who));
      expect(await ground.writer.end(id, who, 'aborted')).toBe('INVALID_TXN_STATE');
      expect(await ground.writer.end(id, bumped(who), 'committed')).toBe('INVALID_TXN_STATE');
      expect(await contents(2n)).toEqual(['0 kept']);
    });

    it('is aborted when another producer takes its id over, who shuts the first out', async () => {
      topic = await newTopic(ground, source);
      const id = newId();
      const zombie = await ground.writer.start(id);
      await put(zombie, 0, ['half'], id);
      const owner = await ground.writer.start(id);
      expect(owner.producerId).toBe(zombie.producerId);
      expect(owner.epoch).toBeGreaterThan(zombie.epoch);
      expect(await put(zombie, 1, ['zombie'], id)).toBe('INVALID_PRODUCER_EPOCH');
      expect(await ground.writer.end(id, zombie, 'committed')).toBe('PRODUCER_FENCED');
      expect(await put(owner, 0, ['whole'], id)).toBe(2n);
      await ground.writer.end(id, owner, 'committed');
      expect(await contents(4n)).toEqual(['2 whole']);
    });

    it('begins with number 0 in every partition', async () => {
      topic = await newTopic(ground, source);
      const id = newId();
      const who = await ground.writer.start(id);
      expect(await put(who, 7, ['x'], id)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
      expect(await put(who, 0, ['a'], id)).toBe(0n);
      await ground.writer.end(id, who, 'committed');
      expect(await contents(2n)).toEqual(['0 a']);
    });

    it('knows its batches again too', async () => {
      topic = await newTopic(ground, source);
      const id = newId();
      const who = await ground.writer.start(id);
      await put(who, 0, ['a'], id);
      await put(who, 1, ['b'], id);
      expect(await put(who, 0, ['a'], id)).toBe(0n);
      expect(await put(who, 3, ['gap'], id)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
      await ground.writer.end(id, who, 'committed');
      expect(await contents(3n)).toEqual(['0 a', '1 b']);
    });
  });
}
