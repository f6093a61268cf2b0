/** What the simulated producer does when answers do not come, and what it says then. */
import { describe, expect, test } from 'vitest';
import { records, Scene, topic } from './producer-scene.test-kit.ts';

const ends = (scene: Scene) => scene.facts.filter(({ type }) => type === 'send-end');

describe('a send', () => {
  test('whose request or answer was lost is sent again and stands once', async () => {
    for (const fault of ['lost', 'unanswered'] as const) {
      const scene = new Scene();
      scene.faults.set('broker.produce 1', fault);
      const producer = scene.producer('p');
      expect(await producer.send(0, records('a', 'b'))).toBe('acknowledged');
      expect(await producer.send(0, records('c'))).toBe('acknowledged');
      expect(scene.appended()).toEqual(['a', 'b', 'c']);
      expect(ends(scene)).toMatchObject([{ offsets: [0, 1] }, { offsets: [2] }]);
    }
  });

  test('that is never answered is unknown after the bound, and the next ones go on', async () => {
    for (const [fault, stands] of [
      ['lost', []],
      ['unanswered', ['a']],
    ] as const) {
      const scene = new Scene();
      scene.faults.set('broker.produce', fault);
      const producer = scene.producer('p', { deliveryBoundMs: 12_000 });
      expect(await producer.send(0, records('a'))).toBe('unknown');
      expect(scene.asked.filter((step) => step === 'broker.produce')).toHaveLength(3);
      scene.faults.clear();
      expect(await producer.send(0, records('b'))).toBe('acknowledged');
      expect(scene.appended()).toEqual([...stands, 'b']);
      expect(scene.codes()).toEqual([]);
    }
  });

  test('that was given up and arrives late stands once at most', async () => {
    const scene = new Scene();
    scene.faults.set('broker.produce 1', 'late');
    const producer = scene.producer('p', { deliveryBoundMs: 0 });
    expect(await producer.send(0, records('late'))).toBe('unknown');
    expect(await producer.send(0, records('next'))).toBe('acknowledged');
    expect(scene.arrive()).toEqual(['refused']);
    expect(scene.appended()).toEqual(['next']);
  });

  test('to a topic that is not there has failed; nothing of it can come later', async () => {
    const scene = new Scene();
    const producer = scene.producer('p', { topic: 'no-such' });
    expect(await producer.send(0, records('a'))).toBe('failed');
    expect(ends(scene)).toMatchObject([{ outcome: 'failed', offsets: [] }]);
  });

  test('without an identity of the broker has failed, and a later one asks again', async () => {
    const scene = new Scene();
    scene.faults.set('broker.start-producer', 'down');
    const producer = scene.producer('p', { deliveryBoundMs: 1_000 });
    expect(await producer.send(0, records('a'))).toBe('failed');
    scene.faults.clear();
    expect(await producer.send(0, records('b'))).toBe('acknowledged');
    expect(scene.appended()).toEqual(['b']);
  });

  test('waits for a new leader', async () => {
    const scene = new Scene();
    scene.broker.restart(1_500);
    expect(await scene.producer('p').send(0, records('a'))).toBe('acknowledged');
    scene.broker.restart(60_000);
    expect(await scene.producer('q').send(0, records('b'))).toBe('unknown');
    expect(scene.appended()).toEqual(['a']);
  });

  test('of several under way stays in its place when an earlier one is lost', async () => {
    const scene = new Scene();
    scene.faults.set('broker.produce 2', 'lost');
    scene.faults.set('broker.produce 4', 'unanswered');
    const producer = scene.producer('p');
    await producer.send(0, records('a'));
    const sends = ['b', 'c', 'd', 'e'].map((key) => producer.send(0, records(key)));
    expect(new Set(await Promise.all(sends))).toEqual(new Set(['acknowledged']));
    expect(scene.appended()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(scene.codes()).toEqual([]);
  });

  test("of several that are a producer's first ones stays in its place too", async () => {
    const scene = new Scene();
    scene.faults.set('broker.produce 1', 'lost');
    const producer = scene.producer('p');
    const sends = ['a', 'b', 'c'].map((key) => producer.send(0, records(key)));
    expect(new Set(await Promise.all(sends))).toEqual(new Set(['acknowledged']));
    expect(scene.appended()).toEqual(['a', 'b', 'c']);
  });

  test('behind one that was given up is not let in before it, and says so', async () => {
    const scene = new Scene();
    scene.faults.set('broker.produce 2', 'lost');
    const producer = scene.producer('p', { deliveryBoundMs: 0 });
    await producer.send(0, records('a'));
    const sends = [producer.send(0, records('b')), producer.send(0, records('c'))];
    expect(await Promise.all(sends)).toEqual(['unknown', 'unknown']);
    expect(await producer.send(0, records('d'))).toBe('acknowledged');
    expect(scene.appended()).toEqual(['a', 'd']);
  });

  test('of a producer without idempotence stands twice when its answer was lost', async () => {
    const scene = new Scene();
    scene.faults.set('broker.produce 1', 'unanswered');
    const producer = scene.producer('p', { resendAsNew: true });
    expect(await producer.send(0, records('a'))).toBe('acknowledged');
    expect(scene.appended()).toEqual(['a', 'a']);
    expect(scene.codes()).toEqual(['duplicate-write']);
  });
});

describe('a transaction', () => {
  test('is committed once though the answer to its end was lost', async () => {
    const scene = new Scene();
    scene.faults.set('broker.end-transaction 1', 'unanswered');
    const producer = scene.producer('p');
    const first = producer.begin();
    await Promise.all([
      producer.send(0, records('a'), first),
      producer.send(1, records('b'), first),
    ]);
    expect(await producer.commit()).toBe('committed');
    const second = producer.begin();
    expect(await producer.send(0, records('c'), second)).toBe('acknowledged');
    expect(await producer.commit()).toBe('committed');
    expect(await scene.read()).toEqual(['a', 'c']);
    expect(scene.broker.ends(scene.topicId)).toEqual([4, 2]);
  });

  test('that is not whole is aborted when it should be committed', async () => {
    const scene = new Scene();
    const producer = scene.producer('p', { deliveryBoundMs: 0 });
    const transaction = producer.begin();
    await producer.send(0, records('a'), transaction);
    scene.faults.set('broker.produce 2', 'unanswered');
    expect(await producer.send(0, records('b'), transaction)).toBe('unknown');
    expect(await producer.commit()).toBe('aborted');
    expect(await scene.read()).toEqual([]);
  });

  test('whose end nobody answers is unknown, and the next start decides it', async () => {
    const scene = new Scene();
    const producer = scene.producer('p', { deliveryBoundMs: 0 });
    await producer.send(0, records('a'), producer.begin());
    scene.faults.set('broker.end-transaction 1', 'lost');
    expect(await producer.commit()).toBe('unknown');
    await producer.send(0, records('b'), producer.begin());
    expect(await producer.commit()).toBe('committed');
    expect(await scene.read()).toEqual(['b']);
    expect(scene.facts.filter(({ type }) => type === 'transaction')).toMatchObject([
      { outcome: 'aborted' },
      { outcome: 'committed' },
    ]);
  });

  test('of a dead producer is aborted by its time limit, and its batches come too late', async () => {
    const scene = new Scene();
    const producer = scene.producer('p');
    const transaction = producer.begin();
    await producer.send(0, records('a'), transaction);
    scene.broker.expireTransactions();
    expect(await scene.read()).toEqual([]);
    expect(await producer.send(0, records('b'), transaction)).toBe('failed');
    expect(await producer.commit()).toBe('aborted');
    expect(scene.appended()).toEqual(['a']);
  });

  test('is one at a time, and takes no batch of another', async () => {
    const producer = new Scene().producer('p');
    const first = producer.begin();
    expect(() => producer.begin()).toThrow(first);
    await expect(producer.send(0, records('a'), 'other')).rejects.toThrow('other');
    expect(await producer.abort()).toBe('aborted');
    await expect(producer.commit()).rejects.toThrow('no open transaction');
  });
});

test('a topic made again is written to without a word, as names go', async () => {
  const scene = new Scene();
  const producer = scene.producer('p');
  await producer.send(0, records('a'));
  scene.broker.deleteTopic(topic);
  const topicId = scene.broker.createTopic(topic, 2);
  await producer.send(0, records('b'));
  expect(scene.facts.at(-2)).toMatchObject({ type: 'append', record: { topicId, key: 'b' } });
  expect(scene.facts.at(-1)).toMatchObject({ outcome: 'acknowledged', offsets: [0] });
});
