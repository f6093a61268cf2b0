/**
 * Draws one fault of a given kind: where it strikes and how hard.
 *
 * The steps are those that the services take often enough to be hit; the occurrence is small, as
 * runs are short. Kinds are kept inside what the protocol promises to survive.
 */
import type { Prng } from '../../workload/prng.ts';
import type { Action, EnvironmentFault, Fault, FaultPoint, Settings } from './schedule.ts';
import { serviceNames } from './schedule.ts';

const ingestSteps = [
  'ledger.acquire',
  'ledger.renew',
  'ledger.heartbeat',
  'ledger.head',
  'ledger.intent',
  'ledger.open',
  'ledger.close',
  'ledger.close-open',
  'store.fence',
  'store.insert-trades',
  'store.insert-dead-letters',
  'store.inspect',
  'broker.fetch',
  'broker.read',
] as const;

const offloadSteps = [
  'ledger.acquire',
  'ledger.renew',
  'ledger.fence',
  'ledger.freeze',
  'ledger.reopen',
  'ledger.freeze-maintenance',
  'ledger.void',
  'ledger.batch-state',
  'ledger.open-batch',
  'ledger.release',
  'catalog.pointer',
  'catalog.swing',
  'store.partitions',
  'store.read-files',
  'warehouse.write-data',
  'warehouse.write-metadata',
  'warehouse.delete',
] as const;

const producerSteps = ['broker.produce', 'broker.end-transaction'] as const;
const insertSteps = ['store.insert-trades', 'store.insert-dead-letters'] as const;
const points = ['before', 'applied-unanswered', 'answered'] as const;

type Draw = (random: Prng, settings: Settings) => Fault;

const pick = <T>(random: Prng, from: readonly T[]): T => from[random.below(from.length)]!;

function anywhere(random: Prng, settings: Settings): FaultPoint {
  const kind = random.below(8);
  const [process, steps] =
    kind < 4
      ? [`ingest-${1 + random.below(settings.ingesters)}`, ingestSteps]
      : kind < 7
        ? [`offload-${1 + random.below(settings.offloaders)}`, offloadSteps]
        : ['producer', producerSteps];
  return {
    process,
    step: pick(random, steps),
    occurrence: 1 + random.below(1 + random.below(6)),
    point: pick(random, points),
  };
}

function atInsert(random: Prng, settings: Settings, point: FaultPoint['point']): FaultPoint {
  return {
    process: `ingest-${1 + random.below(settings.ingesters)}`,
    step: random.below(4) === 0 ? insertSteps[1] : insertSteps[0],
    occurrence: 1 + random.below(4),
    point,
  };
}

const simple =
  (draw: (random: Prng) => Action): Draw =>
  (random, settings) => ({ at: anywhere(random, settings), action: draw(random) });

const environment = (what: EnvironmentFault, nMax = 1): Draw =>
  simple((random) => ({ do: 'environment', what, n: random.below(nMax) }));

const kinds: Readonly<Record<string, Draw>> = {
  crash: simple((r) => ({ do: 'crash', restartMs: pick(r, [10, 500, 3_000, 12_000]) })),
  stop: simple((r) => ({ do: 'stop', restartMs: pick(r, [10, 500, 3_000]) })),
  // Longer than a lease, so that a successor acts before the zombie wakes.
  pause: simple((r) => ({ do: 'pause', ms: pick(r, [500, 8_000, 14_000, 40_000]) })),
  lose: simple((r) => ({ do: 'lose', afterMs: pick(r, [1, 100, 5_000]) })),
  delay: simple((r) => ({ do: 'delay', ms: pick(r, [50, 2_000, 12_000, 25_000]) })),
  duplicate: simple((r) => ({ do: 'duplicate', afterMs: pick(r, [1, 300, 5_000]) })),
  slow: (r, s) => ({
    at: atInsert(r, s, 'before'),
    action: { do: 'slow', ms: pick(r, [500, 5_000, 20_000, 70_000]) },
  }),
  partition: simple((r) => ({
    do: 'partition',
    service: pick(r, serviceNames),
    ms: pick(r, [1_000, 8_000, 20_000]),
  })),
  down: simple((r) => ({
    do: 'down',
    service: pick(r, serviceNames),
    ms: pick(r, [100, 3_000, 15_000]),
  })),
  clock: simple((r) => ({
    do: 'clock',
    of: pick(r, ['process', 'ledger'] as const),
    ms: pick(r, [-3_600_000, -20_000, 20_000, 3_600_000]),
  })),
  'store-drops-as-duplicate': (r, s) => ({
    at: atInsert(r, s, 'before'),
    action: { do: 'environment', what: 'store-drops-as-duplicate', n: 0 },
  }),
  'store-loses-part': (r, s) => ({
    at: atInsert(r, s, 'applied-unanswered'),
    action: { do: 'environment', what: 'store-loses-part', n: r.below(2) },
  }),
  'store-tears-insert': (r, s) => ({
    at: atInsert(r, s, 'before'),
    action: { do: 'environment', what: 'store-tears-insert', n: 1 + r.below(3) },
  }),
  'store-forgets-tokens': environment('store-forgets-tokens'),
  'broker-leader-change': simple((r) => ({
    do: 'environment',
    what: 'broker-leader-change',
    n: 100 + r.below(4_000),
  })),
  'broker-compacts': environment('broker-compacts', 4),
  'broker-deletes-records': environment('broker-deletes-records'),
  'broker-forgets-group': environment('broker-forgets-group'),
  'ledger-restore': environment('ledger-restore'),
  'outsider-swings': environment('outsider-swings'),
  'operator-resets-watermark': environment('operator-resets-watermark'),
  'operator-starts-offload': environment('operator-starts-offload'),
};

/** Kinds that are drawn only when a profile asks for them: narrow, for one window each. */
const narrowKinds: Readonly<Record<string, Draw>> = {
  'late-produce': (r) => ({
    at: {
      process: 'producer',
      step: 'broker.produce',
      occurrence: 1 + r.below(6),
      point: 'before',
    },
    action: pick(r, [
      { do: 'delay', ms: pick(r, [300, 2_000, 6_000]) },
      { do: 'duplicate', afterMs: pick(r, [5, 300, 2_000, 6_000]) },
    ] as const),
  }),
  'unread-deleted': (r, s) => ({
    at: {
      process: `ingest-${1 + r.below(s.ingesters)}`,
      step: pick(r, ['store.insert-trades', 'ledger.close', 'store.inspect']),
      occurrence: 1 + r.below(4),
      point: 'answered',
    },
    action: { do: 'environment', what: 'broker-deletes-unread', n: 1 + r.below(4) },
  }),
  'open-transaction': (r) => ({
    at: {
      process: 'producer',
      step: 'broker.end-transaction',
      occurrence: 1 + r.below(3),
      point: 'before',
    },
    action: { do: 'delay', ms: pick(r, [1_500, 3_000, 4_500]) },
  }),
  // The second of two sees the first one's lease expired although the first one is alive.
  'lease-jump': (r) => ({
    at: pick(r, [
      {
        process: 'ingest-2',
        step: 'ledger.heartbeat',
        occurrence: 1 + r.below(4),
        point: 'before',
      },
      { process: 'offload-2', step: 'ledger.acquire', occurrence: 1 + r.below(6), point: 'before' },
    ] as const),
    action: { do: 'clock', of: 'ledger', ms: 20_000 },
  }),
  'clock-back': (r, s) => ({
    at: anywhere(r, s),
    action: { do: 'clock', of: 'ledger', ms: -3_600_000 },
  }),
  'lost-swing': (r, s) => ({
    at: {
      process: `offload-${1 + r.below(s.offloaders)}`,
      step: 'catalog.swing',
      occurrence: 1 + r.below(4),
      point: pick(r, ['before', 'applied-unanswered']),
    },
    action: { do: 'lose', afterMs: pick(r, [1, 100, 5_000]) },
  }),
  'paused-swing': (r) => ({
    at: {
      process: 'offload-1',
      step: 'catalog.swing',
      occurrence: 1 + r.below(2),
      point: 'before',
    },
    action: { do: 'pause', ms: pick(r, [12_000, 14_000]) },
  }),
  'slow-write': (r) => ({
    at: {
      process: 'offload-2',
      step: 'warehouse.write-data',
      occurrence: 1 + r.below(2),
      point: 'before',
    },
    action: { do: 'delay', ms: pick(r, [4_000, 6_000]) },
  }),
};

export const faultKinds: readonly string[] = Object.keys(kinds);

export function drawFault(random: Prng, kind: string, settings: Settings): Fault {
  const draw = kinds[kind] ?? narrowKinds[kind];
  if (draw === undefined) throw new RangeError(`there is no kind of fault ${kind}`);
  return draw(random, settings);
}
