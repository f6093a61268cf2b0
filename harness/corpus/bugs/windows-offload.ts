/**
 * Group C, the offload half: windows between the closed ranges and the lake's pointer, and those
 * that a restored database opens.
 */
import type { PlantedBug } from '../planted-bug.ts';

const offloadTable = 'src/pipeline/stages/offload/offload-table.ts';
const offload = { group: 'C', system: 'pipeline' } as const;

export const offloadWindowBugs: readonly PlantedBug[] = [
  {
    ...offload,
    id: 'C11',
    window: 11,
    from: 'the offload reads a moving range',
    title: 'a batch reads whatever is there up to its end, and its files are not proven',
    expected: ['snapshot-not-prefix', 'late-duplicate', 'duplicate'],
    guards: { engine: { 'frozen-ranges': false, proof: false } },
  },
  {
    ...offload,
    id: 'C12',
    window: 12,
    from: 'data files written, crash before the commit',
    title: 'clean-up takes what an unanswered commit may have made live',
    expected: ['dangling-file', 'missing'],
    guards: { engine: { 'files-left-in-doubt': false, 'asks-before-removal': false } },
    profile: { kinds: ['lost-swing'] },
  },
  {
    ...offload,
    id: 'C13',
    window: 13,
    from: 'Iceberg commit sent, answer lost',
    title: 'the batch is marked after the swing and not inside it; the table is not asked either',
    expected: ['late-duplicate', 'duplicate', 'did-not-converge'],
    guards: {
      ledger: { batchInSwing: false, headsInSwing: false },
      engine: { 'known-batch': false },
    },
    profile: { kinds: ['lose', 'crash'] },
  },
  {
    ...offload,
    id: 'C14',
    window: 14,
    from: 'committed, crash before the watermark',
    title: 'the heads of the lake do not move with the pointer',
    expected: ['late-duplicate', 'duplicate', 'snapshot-not-prefix'],
    guards: { ledger: { headsInSwing: false } },
    profile: { faultsMax: 1, kinds: ['crash'] },
  },
  {
    ...offload,
    id: 'C15',
    window: 15,
    from: 'zombie offloader, two jobs at once',
    title: 'a swing is let in whatever its epoch, its batch and its base',
    expected: ['zombie-commit'],
    guards: {
      ledger: {
        swingEpoch: false,
        swingBatch: false,
        swingIntent: false,
        pointerCas: false,
        baseUnmoved: false,
      },
    },
    profile: { settings: { offloaders: 2 }, kinds: ['lease-jump', 'pause', 'delay'] },
  },
  {
    ...offload,
    id: 'C16',
    window: 16,
    from: 'the client dies or stalls and its job lives on',
    title:
      'an undecided batch is given up and made anew without a fence; the late swing closes the new one',
    expected: ['missing', 'silent-no-commit', 'snapshot-not-prefix', 'ahead-of-table'],
    edits: [
      {
        file: offloadTable,
        find: "  if (batch.kind === 'maintenance') {",
        replace: "  if (batch.kind === 'maintenance' || batch.kind === 'append') {",
      },
    ],
    guards: { ledger: { swingBatch: false, voidFenced: false, swingEpoch: false } },
    profile: {
      settings: { offloaders: 2, batchRowsMax: 40, offloadEveryMs: 500 },
      kinds: ['paused-swing', 'slow-write'],
      faultsMax: 4,
    },
  },
  {
    ...offload,
    id: 'C17',
    window: 17,
    from: 'rollback moves the table back behind its mark',
    title: 'a stock writer may put the pointer back',
    expected: ['ahead-of-table', 'snapshot-shrinks', 'zombie-commit', 'silent-no-commit'],
    guards: {
      ledger: { swingEpoch: false, swingIntent: false, swingBatch: false, baseUnmoved: false },
    },
    profile: { kinds: ['outsider-swings'] },
  },
  {
    ...offload,
    id: 'C18',
    window: 18,
    from: 'compaction or rewrite beside the append',
    title: 'two writers may start from the same version, and the second does not see the first',
    expected: ['snapshot-shrinks', 'lineage-broken', 'snapshot-not-prefix', 'missing'],
    guards: {
      ledger: {
        leaseHeld: false,
        pointerCas: false,
        baseUnmoved: false,
        swingEpoch: false,
        swingBatch: false,
        batchEpoch: false,
      },
    },
    profile: {
      settings: { offloaders: 2 },
      kinds: ['lease-jump', 'pause', 'operator-starts-offload'],
    },
  },
  {
    ...offload,
    id: 'C19',
    window: 19,
    from: 'Postgres is restored from a backup',
    title: 'ledger and catalog go back apart: the ledger is restored, the pointers stay',
    expected: ['late-duplicate', 'duplicate', 'snapshot-not-prefix'],
    guards: { restoreTogether: false },
    profile: { kinds: ['ledger-restore'] },
  },
];
