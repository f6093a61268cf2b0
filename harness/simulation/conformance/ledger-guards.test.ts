/**
 * Every line of defence of the simulated ledger can be taken out, and then what it kept away
 * happens: otherwise a planted bug would plant nothing.
 *
 * For each guard one small story with the end that it has with all guards on, and the end that it
 * has without this one.
 */
import { expect, test } from 'vitest';
import type { Lease } from '../../../src/pipeline/ports/ledger.ts';
import { type GuardName, guardNames, guardSentences } from '../stores/ledger-guards.ts';
import {
  closeRanges,
  closing,
  keyOf,
  lakeLease,
  lakeWith,
  leaseOf,
  longMs,
  opening,
  outcome,
  partitionAt,
  table,
  take,
  topicId,
} from './ledger-ground.test-kit.ts';
import { openSimulated, type SimulatedGround } from './ledger-simulated.test-kit.ts';

interface Story {
  readonly on: string;
  readonly off: string;
  tell(ground: SimulatedGround): Promise<string>;
}

const key = keyOf(0);
const allRows = 1_000_000;

/** A table with a frozen batch of five rows. */
async function frozen(ground: SimulatedGround) {
  const lease = await lakeWith(ground, [[5]]);
  const batch = (await ground.ledger.freeze(lease, table, 'base-0', allRows))!;
  return { lease, batch };
}

const story = (on: string, off: string, tell: Story['tell']): Story => ({ on, off, tell });
const open = (ground: SimulatedGround, lease: Lease, first = 0) =>
  outcome(ground.ledger.advance(lease, key, { open: opening(0, first, 10) }));

const leaseStories = {
  leaseHeld: story('null', 'b', async (ground) => {
    await take(ground, lakeLease, 'a');
    return `${(await ground.ledger.acquire(lakeLease, 'b', longMs))?.holder ?? null}`;
  }),
  leaseOwner: story('fenced', 'done', async (ground) => {
    const lease = await take(ground, lakeLease);
    await ground.ledger.fence(lease);
    return await outcome(ground.ledger.fence(lease));
  }),
  epochRises: story('another', 'the same', async (ground) => {
    const lease = await take(ground, lakeLease);
    return (await take(ground, lakeLease)).epoch === lease.epoch ? 'the same' : 'another';
  }),
  epochTime: story('another', 'the same', async (ground) => {
    const lease = await take(ground, lakeLease);
    const restore = await ground.backup();
    const lost = await ground.ledger.fence(lease);
    await restore();
    const { epoch } = await ground.ledger.fence(lease);
    return epoch === lost.epoch ? 'the same' : 'another';
  }),
  topicIdentity: story('topic-recreated', 'done', async (ground) => {
    await ground.ledger.registerTopic({ name: 'trades', topicId, partitions: 1 });
    const again = { name: 'trades', topicId: 'another', partitions: 1 };
    return await outcome(ground.ledger.registerTopic(again));
  }),
};

const rangeStories = {
  rangeEpoch: story('fenced', 'done', async (ground) => {
    const lease = await partitionAt(ground, 0);
    await ground.ledger.fence(lease);
    return await open(ground, lease);
  }),
  headCas: story('conflict', 'done', async (ground) =>
    open(ground, await partitionAt(ground, 0), 5),
  ),
  oneIntent: story('conflict 9', 'done 3', async (ground) => {
    const lease = await partitionAt(ground, 0);
    await open(ground, lease);
    const shorter = ground.ledger.advance(lease, key, { open: opening(0, 0, 4) });
    return `${await outcome(shorter)} ${(await ground.ledger.intent(key))!.offsetLast}`;
  }),
  frozenRange: story('10', '15', async (ground) => {
    const lease = await partitionAt(ground, 0);
    await open(ground, lease);
    const close = { ...closing(opening(0, 0, 10)), offsetLast: 14n };
    await ground.ledger.advance(lease, key, { close });
    return `${await ground.ledger.head(key, 0n)}`;
  }),
  rangeCounts: story('refused', 'done', async (ground) => {
    const lease = await partitionAt(ground, 0);
    await open(ground, lease);
    const close = closing(opening(0, 0, 9));
    return await outcome(ground.ledger.advance(lease, key, { close }));
  }),
  headForward: story('refused 5', 'done 2', async (ground) => {
    await closeRanges(ground, await partitionAt(ground, 0), 0, [5]);
    const moved = await outcome(ground.outsider.setHead('bronze', key, 2n));
    return `${moved} ${await ground.ledger.head(key, 0n)}`;
  }),
};

const batchStories = {
  batchEpoch: story('fenced', 'done', async (ground) => {
    const lease = await lakeWith(ground, [[5]]);
    await ground.ledger.fence(lease);
    return await outcome(ground.ledger.freeze(lease, table, 'base-0', allRows));
  }),
  oneBatch: story('conflict', 'done', async (ground) => {
    const { lease } = await frozen(ground);
    return await outcome(ground.ledger.freeze(lease, table, 'base-0', allRows));
  }),
  frozenBatch: story('4', '11', async (ground) => {
    const { lease, batch } = await frozen(ground);
    await closeRanges(ground, await take(ground, leaseOf(0)), 0, [7]);
    const again = await ground.ledger.reopen(lease, batch, 'base-0');
    return `${again.ranges[0]!.offsetLast}`;
  }),
  decidedBatch: story('conflict', 'done', async (ground) => {
    const { lease, batch } = await frozen(ground);
    await ground.catalog.swing(batch, 'base-1');
    return await outcome(ground.ledger.reopen(lease, batch, 'base-1'));
  }),
  voidFenced: story('conflict', 'done', async (ground) => {
    const { lease, batch } = await frozen(ground);
    return await outcome(ground.ledger.voidBatch(lease, batch));
  }),
};

const swingStories = {
  pointerCas: story('conflict base-0', 'done base-1', async (ground) => {
    const { batch } = await frozen(ground);
    const swung = await outcome(ground.catalog.swing({ ...batch, base: 'other' }, 'base-1'));
    return `${swung} ${await ground.catalog.pointer(table)}`;
  }),
  swingMatched: story('conflict base-0', 'done base-0', async (ground) => {
    const { batch } = await frozen(ground);
    const swung = await outcome(ground.catalog.swing({ ...batch, base: 'other' }, 'base-1'));
    return `${swung} ${await ground.catalog.pointer(table)}`;
  }),
  swingEpoch: story('fenced open', 'done committed', async (ground) => {
    const { lease, batch } = await frozen(ground);
    await ground.ledger.fence(lease);
    const swung = await outcome(ground.catalog.swing(batch, 'base-1'));
    return `${swung} ${await ground.ledger.batchState(batch)}`;
  }),
  epochNeedsLease: story('fenced base-0', 'done base-1', async (ground) => {
    await ground.catalog.create(table, 'base-0');
    const [kind, ranges] = ['append' as const, []];
    const batch = { table, batchId: 'lost', epoch: 5n, kind, base: 'base-0', ranges };
    const swung = await outcome(ground.catalog.swing(batch, 'base-1'));
    return `${swung} ${await ground.catalog.pointer(table)}`;
  }),
  swingIntent: story('conflict base-1', 'done base-2', async (ground) => {
    const { batch } = await frozen(ground);
    await ground.catalog.swing(batch, 'base-1');
    const swung = await outcome(ground.catalog.swing({ ...batch, base: 'base-1' }, 'base-2'));
    return `${swung} ${await ground.catalog.pointer(table)}`;
  }),
  swingBatch: story('conflict open', 'done committed', async (ground) => {
    const { batch } = await frozen(ground);
    const swung = await outcome(ground.catalog.swing({ ...batch, batchId: 'other' }, 'base-1'));
    return `${swung} ${await ground.ledger.batchState(batch)}`;
  }),
  baseUnmoved: story('conflict', 'done', async (ground) => {
    const { lease, batch } = await frozen(ground);
    await ground.ledger.reopen(lease, batch, 'other');
    return await outcome(ground.catalog.swing(batch, 'base-1'));
  }),
  headsMatch: story('conflict', 'done', async (ground) => {
    const { batch } = await frozen(ground);
    await ground.outsider.setHead(lakeLease, key, 2n);
    return await outcome(ground.catalog.swing(batch, 'base-1'));
  }),
  batchInSwing: story('committed', 'open', async (ground) => {
    const { batch } = await frozen(ground);
    await ground.catalog.swing(batch, 'base-1');
    return await ground.ledger.batchState(batch);
  }),
  headsInSwing: story('nothing', '0-4', async (ground) => {
    const { lease, batch } = await frozen(ground);
    await ground.catalog.swing(batch, 'base-1');
    const range = (await ground.ledger.freeze(lease, table, 'base-1', allRows))?.ranges[0];
    return range === undefined ? 'nothing' : `${range.offsetFirst}-${range.offsetLast}`;
  }),
  leasedName: story('refused base-0', 'done null', async (ground) => {
    await frozen(ground);
    const dropped = await outcome(ground.outsider.drop(table));
    return `${dropped} ${await ground.catalog.pointer(table)}`;
  }),
  durableCommit: story('there', 'lost', async (ground) => {
    const lease = await partitionAt(ground, 0);
    await ground.wait(10_000);
    await open(ground, lease);
    ground.store.crash();
    return (await ground.ledger.intent(key)) === null ? 'lost' : 'there';
  }),
};

const stories: Readonly<Record<GuardName, Story>> = {
  ...leaseStories,
  ...rangeStories,
  ...batchStories,
  ...swingStories,
};

test('every line of defence has its story', () => {
  expect(Object.keys(stories).sort()).toEqual([...guardNames].sort());
});

test.each(guardNames)('%s: its story ends otherwise without it', async (name) => {
  const { on, off, tell } = stories[name];
  expect(await tell(openSimulated()), guardSentences[name]).toBe(on);
  expect(await tell(openSimulated({ [name]: false })), `without: ${guardSentences[name]}`).toBe(
    off,
  );
});

test('a crash loses what was acknowledged a moment ago, not what was before, when commits are not durable', async () => {
  const ground = openSimulated({ durableCommit: false });
  const lease = await partitionAt(ground, 0);
  await closeRanges(ground, lease, 0, [5]);
  await ground.wait(601);
  await closeRanges(ground, lease, 0, [5]);
  ground.store.crash();
  expect(await ground.ledger.head(key, 0n)).toBe(5n);
  expect(ground.facts.at(-1)).toMatchObject({ type: 'restored' });
});
