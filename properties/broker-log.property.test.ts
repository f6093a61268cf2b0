/**
 * The simulated broker against a naive model: whatever producers, transactions, compaction and
 * retention did, a reader sees exactly the committed records that are left, in order, and blocks
 * cut anywhere add up.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSimulatedLogSource } from '../harness/simulation/adapters/log-source.ts';
import { directRemote } from '../harness/simulation/remote.ts';
import { type BrokerGuard, guardsWithout } from '../harness/simulation/stores/broker-guards.ts';
import { rowsOf } from '../scenarios/kafka-source-reading.test-kit.ts';
import { action, Play, partitions, topic, valueOfKey } from './broker-play.test-kit.ts';
import { seededTests, setting } from './seeded.ts';

const seeded = seededTests(import.meta.filename);

const blockLimits = fc.record({
  rowsMax: fc.integer({ min: 1, max: 6 }),
  bytesMax: fc.integer({ min: 1, max: 80 }),
  fetchRecordsMax: fc.integer({ min: 1, max: 8 }),
});
const actions = fc.array(action, { minLength: 1, maxLength: 60, size: 'max' });

function sourceOf(play: Play, fetchRecordsMax: number) {
  let nowMs = 0;
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const observe = (fact: (typeof play.facts)[number]) => void play.facts.push(fact);
  const { broker } = play;
  const common = { broker, remote: directRemote, clock, process: 'reader', observe };
  return createSimulatedLogSource({ ...common, fetchRecordsMax });
}

const textOf = (key: string) => {
  const value = valueOfKey(key);
  return value === null ? null : Buffer.from(value).toString();
};

const rowsExpected = (play: Play, partition: number, first: number, last: number) =>
  play.model[partition]!.visible(first, last).map(({ offset, key }) => ({
    offset,
    value: textOf(key!),
  }));

type Limits = typeof blockLimits extends fc.Arbitrary<infer T> ? T : never;

/** Reads each partition from `percent` of it on, and each block's range again. */
async function readEverything(play: Play, limits: Limits, percent: number): Promise<void> {
  const source = sourceOf(play, limits.fetchRecordsMax);
  const info = await source.topic(topic);
  for (let partition = 0; partition < partitions; partition++) {
    const log = play.model[partition]!;
    const first = log.start + Math.floor(((log.lastStable - log.start) * percent) / 100);
    const reader = await source.reader(info, partition, BigInt(first));
    const rows = [];
    let position = first;
    for (;;) {
      const block = await reader.next({ ...limits, lingerMs: 0 });
      if (block === null) break;
      expect(Number(block.range.offsetFirst)).toBe(position);
      position = Number(block.range.offsetLast) + 1;
      rows.push(...rowsOf(block));
      expect(block.rows <= limits.rowsMax).toBe(true);
      expect(block.body.length <= limits.bytesMax || block.rows === 1).toBe(true);
      expect(await source.read(info, block.range)).toEqual(block);
    }
    expect(position).toBe(log.lastStable);
    expect(rows).toEqual(rowsExpected(play, partition, first, position));
  }
}

const readerSeesCommitted = (guards = guardsWithout()) =>
  fc.asyncProperty(actions, blockLimits, fc.nat({ max: 100 }), async (list, limits, percent) => {
    const play = new Play(guards);
    for (const one of list) play.do(one);
    await readEverything(play, limits, percent);
  });

seeded(
  'a reader from any offset sees exactly the committed records in order, in blocks that add up',
  readerSeesCommitted(),
  { runs: 400 },
);

seeded(
  'a reader that follows the log sees at each block what the log then holds',
  fc.asyncProperty(actions, fc.integer({ min: 1, max: 5 }), async (list, fetchRecordsMax) => {
    const play = new Play();
    const source = sourceOf(play, fetchRecordsMax);
    const reader = await source.reader(await source.topic(topic), 0, 0n);
    let position = 0;
    for (const one of list) {
      play.do(one);
      if (position < play.model[0]!.start) break;
      // No limits: a block that was cut leaves records with the reader that compaction may take.
      const block = await reader.next({ rowsMax: 1e9, bytesMax: 1e9, lingerMs: 0 });
      if (block === null) {
        expect(position).toBe(play.model[0]!.lastStable);
        continue;
      }
      const last = Number(block.range.offsetLast);
      expect(rowsOf(block)).toEqual(rowsExpected(play, 0, position, last));
      position = last + 1;
    }
  }),
  { runs: 200 },
);

seeded(
  'the history alone tells what readers were given: appended, not removed, committed',
  fc.asyncProperty(actions, blockLimits, async (list, limits) => {
    const play = new Play();
    for (const one of list) play.do(one);
    const before = play.facts.length;
    await readEverything(play, { ...limits, bytesMax: 1e9 }, 0);
    const polled = new Set(
      play.facts
        .slice(before)
        .flatMap((f) =>
          f.type === 'poll' ? f.records.map((r) => `${f.span.partition}/${r.offset} ${r.key}`) : [],
        ),
    );
    const told = toldByHistory(play);
    expect([...polled].sort()).toEqual(told.sort());
  }),
  { runs: 200 },
);

/** Records that the facts call committed and there, below the first one without an outcome. */
function toldByHistory({ facts, model }: Play): string[] {
  const outcomes = new Map(
    facts.flatMap((f) => (f.type === 'transaction' ? [[f.transaction, f.outcome] as const] : [])),
  );
  const removed = facts.flatMap((f) => (f.type === 'removed' ? [f] : []));
  const isGone = (partition: number, offset: number) =>
    removed.some(
      ({ span, offsets }) =>
        span.partition === partition &&
        (offsets === null
          ? offset >= span.offsetFirst && offset <= span.offsetLast
          : offsets.includes(offset)),
    );
  return facts.flatMap((f) => {
    if (f.type !== 'append') return [];
    const { partition, offset, key } = f.record;
    const counts = f.transaction === null || outcomes.get(f.transaction) === 'committed';
    const isThere = !isGone(partition, offset) && offset < model[partition]!.lastStable;
    return counts && isThere ? [`${partition}/${offset} ${key}`] : [];
  });
}

describe('a broker without one of its guards', () => {
  const noticed: readonly BrokerGuard[] = [
    'abortedHidden',
    'undecidedHidden',
    'idempotence',
    'sequenceOrder',
    'acknowledgedDurable',
    'lateProduceFenced',
    'controlRecordsTakeOffsets',
    'fetchComplete',
  ];
  test.each(noticed)('%s is told from the model', async (guard) => {
    const { seed } = setting;
    const details = await fc.check(readerSeesCommitted(guardsWithout(guard)), {
      seed,
      numRuns: 400,
      endOnFailure: true,
    });
    expect(details.failed).toBe(true);
    expect(details.errorInstance).toMatchObject({ name: 'AssertionError' });
  });
});
