/**
 * Group B: bugs that released software of this very path had, planted in their shape.
 *
 * Each names its upstream issue. The shape is kept and not the code: what went wrong in a connector
 * goes wrong here at the same place of the same protocol.
 */
import type { PlantedBug } from '../planted-bug.ts';

const offloadTable = 'src/pipeline/stages/offload/offload-table.ts';
const rangeWriter = 'src/pipeline/stages/ingest/range-writer.ts';
const engineAppend = 'harness/simulation/adapters/lake-engine-append.ts';
const upstream = { group: 'B', system: 'pipeline', window: null } as const;

export const upstreamBugs: readonly PlantedBug[] = [
  {
    ...upstream,
    id: 'B1',
    from: 'apache/iceberg #17340, #13763',
    title: 'the same data file is appended twice',
    expected: ['double-referenced-file'],
    guards: { engine: { 'names-files-once': false } },
  },
  {
    ...upstream,
    id: 'B2',
    from: 'apache/iceberg #2808, #16008',
    title: 'the catalog committed, the answer was lost, and the batch is retried under a new id',
    expected: ['late-duplicate', 'duplicate'],
    edits: [
      {
        file: offloadTable,
        find: 'batch = await deps.ledger.reopen(lease.current, batch, await pointer(deps, batch.table));',
        replace: `batch = await deps.ledger.reopen(lease.current, batch, await pointer(deps, batch.table));
    batch = { ...batch, batchId: \`\${batch.batchId}+\${attempt}\` };`,
      },
    ],
    guards: { ledger: { batchInSwing: false, headsInSwing: false, swingBatch: false } },
    profile: { kinds: ['lose'] },
  },
  {
    ...upstream,
    id: 'B3',
    from: 'apache/iceberg #4686',
    title: 'commit state unknown, so the writer aborts and deletes the files, which are live',
    expected: ['dangling-file'],
    guards: { engine: { 'files-left-in-doubt': false, 'asks-before-removal': false } },
    profile: { kinds: ['lost-swing'] },
  },
  {
    ...upstream,
    id: 'B4',
    from: 'apache/iceberg #15293, #18098',
    title: 'what lies below a mark that is too high is dropped and counted as committed',
    expected: ['missing', 'silent-no-commit', 'snapshot-not-prefix'],
    edits: [
      {
        file: engineAppend,
        find: 'const files = await exportFiles(parts, batch, attempt, signal);',
        replace: `const above = batch.ranges.filter((range) => range.offsetFirst < 8n);
    const files = await exportFiles(parts, { ...batch, ranges: above }, attempt, signal);`,
      },
    ],
    guards: { engine: { proof: false } },
    profile: { faultsMax: 1 },
  },
  {
    ...upstream,
    id: 'B5',
    from: 'apache/iceberg #13752',
    title: 'an error of one worker is swallowed and its file left out of the commit',
    expected: ['missing', 'snapshot-not-prefix'],
    edits: [
      {
        file: engineAppend,
        find: '    await remote.run(\n      warehouseSteps.writeData,',
        replace: '    const written = await remote.run(\n      warehouseSteps.writeData,',
      },
      {
        file: engineAppend,
        find: '    const found = warehouse.rows(path).length;',
        replace:
          '    if (written === null) continue;\n    const found = warehouse.rows(path).length;',
      },
      {
        file: engineAppend,
        find: '(selected) => warehouse.writeData(path, selected.toSorted(byIdentity), !isFresh),\n    );',
        replace:
          '(selected) => warehouse.writeData(path, selected.toSorted(byIdentity), !isFresh),\n    ).catch(() => null);',
      },
    ],
    guards: { engine: { proof: false } },
    profile: { kinds: ['down', 'lose', 'partition'] },
  },
  {
    ...upstream,
    id: 'B6',
    from: 'apache/paimon #9667',
    title: 'a replayed micro-batch gets a fresh commit id, and nothing tells it from a new one',
    expected: ['late-duplicate', 'duplicate'],
    guards: { ledger: { headsInSwing: false, headsMatch: false } },
    profile: { kinds: ['crash', 'lose'] },
  },
  {
    ...upstream,
    id: 'B7',
    window: 9,
    from: 'ClickHouse #27667',
    title: 'a client dies in mid-insert, and the block it left defeats the deduplication',
    expected: ['duplicate', 'late-duplicate'],
    guards: { hotStore: { 'skip-stored': false } },
    profile: { kinds: ['store-tears-insert'] },
  },
  {
    ...upstream,
    id: 'B8',
    window: 4,
    from: 'ClickHouse #111577, #121174',
    title: 'the deduplication log knows the token, the part is not there, and nobody reads back',
    expected: ['missing', 'silent-no-commit', 'digest-mismatch', 'torn-batch'],
    edits: [
      {
        file: rangeWriter,
        find: "if (state === 'complete') return closed(intentOf(block), stored);",
        replace: "if (state !== 'surplus') return closed(intentOf(block), stored);",
      },
    ],
    guards: { ledger: { rangeCounts: false } },
    profile: { kinds: ['store-drops-as-duplicate', 'store-loses-part'] },
  },
  {
    ...upstream,
    id: 'B9',
    from: 'Kafka transactions (KIP-890)',
    title: 'a late produce of an ended transaction lands in the next one',
    expected: ['aborted-read', 'torn-batch', 'duplicate-write', 'inconsistent-offset'],
    guards: { broker: { lateProduceFenced: false, idempotence: false, sequenceOrder: false } },
    profile: { kinds: ['late-produce'] },
  },
  {
    ...upstream,
    id: 'B10',
    window: 5,
    from: 'clickhouse-kafka-connect #24',
    title: 'a stalled task wakes after the deduplication window',
    expected: ['late-duplicate', 'duplicate'],
    guards: {
      hotStore: { 'fence-check': false, 'fence-ends-inserts': false, 'skip-stored': false },
    },
    profile: {
      settings: { ingesters: 2, deduplicationWindow: 1 },
      kinds: ['pause', 'slow', 'delay', 'store-forgets-tokens'],
    },
  },
  {
    ...upstream,
    id: 'B11',
    window: 6,
    from: 'kafkajs #1046',
    title: 'a range is closed by somebody who no longer owns the partition',
    expected: ['zombie-commit'],
    guards: {
      ledger: { rangeEpoch: false },
      hotStore: { 'fence-check': false, 'fence-ends-inserts': false },
    },
    profile: { settings: { ingesters: 2, partitions: 1 }, kinds: ['lease-jump', 'pause', 'delay'] },
  },
  {
    ...upstream,
    id: 'B12',
    window: 20,
    from: 'platformatic/kafka #326',
    title: 'a record is acknowledged and then dropped',
    expected: ['lost-write'],
    guards: { broker: { acknowledgedDurable: false } },
    profile: { kinds: ['broker-leader-change', 'down'] },
  },
  {
    ...upstream,
    id: 'B13',
    window: 7,
    from: 'platformatic/kafka #196',
    title: 'the last offset is stored where the next one is meant',
    expected: ['head-regression', 'overlapping-ranges'],
    guards: { ledger: { headCas: false } },
    edits: [
      {
        file: 'harness/simulation/stores/ledger-ranges.ts',
        find: 'if (head) moveHead(context, bronze, head, closedTo!);',
        replace: 'if (head) moveHead(context, bronze, head, closedTo! - 1n);',
      },
    ],
  },
];
