/**
 * Each guard of the simulated broker, with and without: with it the history is clean, without it
 * the checkers of the log name the anomaly.
 */
import { describe, expect, test } from 'vitest';
import { errorCode } from '../../../src/pipeline/errors.ts';
import { records, Scene, topic } from '../adapters/producer-scene.test-kit.ts';
import { type BrokerGuard, brokerGuards, guardsWithout } from './broker-guards.ts';

interface Case {
  /** What clients do; may answer what they saw. */
  readonly play: (scene: Scene) => Promise<unknown>;
  /** Codes without the guard. */
  readonly codes: readonly string[];
  readonly seen?: readonly [withGuard: unknown, without: unknown];
}

const cases: Readonly<Record<BrokerGuard, Case>> = {
  abortedHidden: {
    codes: ['aborted-read'],
    play: async (scene) => {
      const producer = scene.producer('p');
      const transaction = producer.begin();
      await producer.send(0, records('a'), transaction);
      await producer.abort();
      return scene.read();
    },
    seen: [[], ['a']],
  },
  undecidedHidden: {
    codes: ['precommitted-read'],
    play: async (scene) => {
      const producer = scene.producer('p');
      const transaction = producer.begin();
      await producer.send(0, records('a'), transaction);
      const seen = await scene.read();
      await producer.commit();
      return seen;
    },
    seen: [[], ['a']],
  },
  idempotence: {
    codes: ['duplicate-write'],
    play: async (scene) => {
      scene.faults.set('broker.produce 1', 'unanswered');
      await scene.producer('p').send(0, records('a'));
      return scene.read();
    },
    seen: [['a'], ['a', 'a']],
  },
  sequenceOrder: {
    codes: ['send-nonmonotonic'],
    play: async (scene) => {
      scene.faults.set('broker.produce 2', 'lost');
      const producer = scene.producer('p');
      await producer.send(0, records('a'));
      await Promise.all([producer.send(0, records('b')), producer.send(0, records('c'))]);
      return scene.read();
    },
    seen: [
      ['a', 'b', 'c'],
      ['a', 'c', 'b'],
    ],
  },
  acknowledgedDurable: {
    codes: ['lost-write'],
    play: async (scene) => {
      await scene.producer('p').send(0, records('a', 'b'));
      scene.broker.changeLeader(scene.topicId, 0, 0, 1);
      return scene.read();
    },
    seen: [['a', 'b'], ['a']],
  },
  lateProduceFenced: {
    codes: ['aborted-read'],
    play: async (scene) => {
      scene.faults.set('broker.produce 1', 'late');
      const producer = scene.producer('p', { deliveryBoundMs: 0 });
      const first = producer.begin();
      const outcome = await producer.send(0, records('late'), first);
      await producer.abort();
      const second = producer.begin();
      await producer.send(0, records('next'), second);
      const [arrived] = scene.arrive();
      await producer.commit();
      return [outcome, arrived, ...(await scene.read())];
    },
    seen: [
      ['unknown', 'refused', 'next'],
      ['unknown', 'let in', 'next', 'late'],
    ],
  },
  zombieProducerFenced: {
    codes: ['aborted-read'],
    play: async (scene) => {
      const zombie = scene.producer('old', { transactionalId: 'id' });
      const half = zombie.begin();
      await zombie.send(0, records('half'), half);
      const owner = scene.producer('new', { transactionalId: 'id' });
      const whole = owner.begin();
      await owner.send(0, records('whole'), whole);
      const outcome = await zombie.send(0, records('zombie'), half);
      await owner.commit();
      return [outcome, ...(await scene.read())];
    },
    seen: [
      ['failed', 'whole'],
      ['acknowledged', 'whole', 'zombie'],
    ],
  },
  offsetsStable: {
    codes: ['inconsistent-offset'],
    play: (scene) => scene.producer('p').send(0, records('a', 'b')),
  },
  // Nobody is hurt by it, so no checker sees it: it is told from Kafka by its offsets only.
  controlRecordsTakeOffsets: {
    codes: [],
    play: async (scene) => {
      const producer = scene.producer('p');
      await producer.send(0, records('a'), producer.begin());
      await producer.commit();
      return scene.broker.ends(scene.topicId)[0];
    },
    seen: [2, 1],
  },
  // The log alone does not show it either: what it lost was deleted, and who reads on is not told.
  deletionTold: {
    codes: [],
    play: async (scene) => {
      await scene.producer('p').send(0, records('a', 'b', 'c'));
      scene.broker.deleteRecords(scene.topicId, 0, 2);
      return scene.read().catch(errorCode);
    },
    seen: ['offset-out-of-range', ['c']],
  },
  topicIdsChecked: {
    codes: ['inconsistent-offset'],
    play: async (scene) => {
      scene.broker.deleteTopic(topic);
      scene.broker.createTopic(topic, 2);
      await scene.producer('p').send(0, records('other'));
      return scene.read().catch(errorCode);
    },
    seen: ['topic-recreated', ['other']],
  },
  fetchComplete: {
    codes: ['internal-poll-skip'],
    play: async (scene) => {
      await scene.producer('p').send(0, records('a', 'b', 'c'));
      return scene.read();
    },
    seen: [
      ['a', 'b', 'c'],
      ['a', 'c'],
    ],
  },
};

describe.each(Object.keys(brokerGuards) as BrokerGuard[])('%s', (guard) => {
  const { play, codes, seen } = cases[guard];

  test(`on: ${brokerGuards[guard]}`, async () => {
    const scene = new Scene();
    const saw = await play(scene);
    if (seen !== undefined) expect(saw).toEqual(seen[0]);
    expect(scene.codes()).toEqual([]);
  });

  test(`off: ${codes.join() || 'no anomaly of the log'}`, async () => {
    const scene = new Scene(guardsWithout(guard));
    const saw = await play(scene);
    if (seen !== undefined) expect(saw).toEqual(seen[1]);
    expect(scene.codes()).toEqual(codes);
  });
});
