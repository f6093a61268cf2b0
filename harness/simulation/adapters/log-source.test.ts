/**
 * What the simulated log source does when answers do not come, and what it writes down. That it
 * reads as the real one does is the conformance suite's business.
 */
import { describe, expect, test } from 'vitest';
import { records, Scene, topic } from './producer-scene.test-kit.ts';

const limits = { rowsMax: 100, bytesMax: 1e6, lingerMs: 100 };
const info = ({ topicId }: Scene) => ({ name: topic, topicId, partitions: 2 });
const polls = (scene: Scene) => scene.facts.filter(({ type }) => type === 'poll');

async function withRecords(...keys: string[]): Promise<Scene> {
  const scene = new Scene();
  await scene.producer('p').send(0, records(...keys));
  return scene;
}

describe('an answer that did not come', () => {
  test('costs time and an empty poll, never a record', async () => {
    const scene = await withRecords('a', 'b');
    scene.faults.set('broker.fetch 1', 'unanswered');
    scene.faults.set('broker.fetch 2', 'down');
    const reader = await scene.source({ retryBoundMs: 30_000 }).reader(info(scene), 0, 0n);
    expect(await reader.next(limits)).toBe(null);
    expect(await reader.next(limits)).toMatchObject({ rows: 2, offsetSum: 1n });
  });

  test('for longer than the bound is an error, and the reader goes on where it was', async () => {
    const scene = await withRecords('a');
    scene.faults.set('broker.fetch', 'down');
    const reader = await scene.source({ retryBoundMs: 1_000 }).reader(info(scene), 0, 0n);
    const outcomes: unknown[] = [];
    for (let i = 0; i < 40 && outcomes.at(-1) !== 'dependency-missing'; i++) {
      outcomes.push(await reader.next(limits).catch((error) => error.code));
    }
    expect(new Set(outcomes)).toEqual(new Set([null, 'dependency-missing']));
    scene.faults.clear();
    expect(await reader.next(limits)).toMatchObject({ rows: 1 });
  });

  test('is asked for again by the short requests and the re-read, within the bound', async () => {
    const scene = await withRecords('a', 'b');
    for (const step of ['topic', 'offsets', 'read']) {
      scene.faults.set(`broker.${step} 1`, 'lost');
      scene.faults.set(`broker.${step} 2`, 'unanswered');
    }
    const source = scene.source({ retryBoundMs: 30_000 });
    expect(await source.topic(topic)).toEqual(info(scene));
    expect(await source.offsets(info(scene))).toMatchObject([{ latest: 2n }, { latest: 0n }]);
    const range = { topicId: scene.topicId, partition: 0, offsetFirst: 0n, offsetLast: 1n };
    expect(await source.read(info(scene), range)).toMatchObject({ rows: 2 });
    scene.faults.set('broker.topic', 'down');
    const impatient = scene.source({ retryBoundMs: 500 });
    await expect(impatient.topic(topic)).rejects.toMatchObject({ code: 'dependency-missing' });
  });

  test('of a new leader is waited for', async () => {
    const scene = await withRecords('a');
    scene.broker.changeLeader(scene.topicId, 0, 1_500);
    expect(await scene.source().offsets(info(scene))).toMatchObject([{ latest: 1n }, {}]);
  });

  test('to a publication is left to the next one', async () => {
    const scene = new Scene();
    scene.faults.set('broker.publish-progress', 'down');
    const source = scene.source();
    await source.publishProgress(info(scene), new Map([[0, 3n]]));
    expect(scene.asked).toHaveLength(3);
    scene.faults.clear();
    await source.publishProgress(info(scene), new Map([[0, 4n]]));
    expect(scene.broker.progress(scene.topicId)).toEqual(new Map([[0, 4]]));
  });
});

test('what came before a failure goes out before it', async () => {
  const scene = await withRecords('a', 'b');
  const reader = await scene.source({ fetchRecordsMax: 1 }).reader(info(scene), 0, 0n);
  const interrupted = new AbortController();
  const begun = reader.next({ ...limits, lingerMs: 0, rowsMax: 1 }, interrupted.signal);
  expect(await begun).toMatchObject({ rows: 1 });
  await scene.producer('q').send(0, records('c'));
  scene.broker.deleteTopic(topic);
  await expect(reader.next(limits)).rejects.toMatchObject({ code: 'topic-missing' });
});

test('each block is a poll of its reader, and a range read again is another reader', async () => {
  const scene = await withRecords('a', 'b', 'c');
  const producer = scene.producer('q');
  await producer.send(0, records('gone'), producer.begin());
  await producer.abort();
  const source = scene.source();
  const reader = await source.reader(info(scene), 0, 0n);
  await reader.next({ ...limits, rowsMax: 2 });
  const block = await reader.next(limits);
  await source.read(info(scene), block!.range);
  const { topicId } = scene;
  const span = { topicId, partition: 0, offsetFirst: 2, offsetLast: 4 };
  const second = { process: 'reader', span, records: [{ offset: 2, key: 'c' }] };
  expect(polls(scene)).toMatchObject([
    { reader: 1, span: { offsetFirst: 0, offsetLast: 1 }, records: [{ key: 'a' }, { key: 'b' }] },
    { reader: 1, ...second },
    { reader: 2, ...second },
  ]);
  expect(scene.codes()).toEqual([]);
});

test('a wait for records costs two fetches and one sleep', async () => {
  const scene = new Scene();
  const reader = await scene.source().reader(info(scene), 0, 0n);
  expect(await reader.next(limits)).toBe(null);
  expect(scene.asked).toEqual(['broker.fetch', 'broker.fetch']);
});
