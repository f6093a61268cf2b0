/**
 * Group C, the ingest half: for each window of the windows' table, the mechanism that closes it is
 * taken out and nothing else is changed.
 *
 * Many windows are closed twice. Where the second line of defence would hide that the first is
 * gone, it goes too, and the title names both.
 */
import type { PlantedBug } from '../planted-bug.ts';

const partitionIngest = 'src/pipeline/stages/ingest/partition-ingest.ts';
const rangeWriter = 'src/pipeline/stages/ingest/range-writer.ts';
const ingest = { group: 'C', system: 'pipeline' } as const;

export const ingestWindowBugs: readonly PlantedBug[] = [
  {
    ...ingest,
    id: 'C1',
    window: 1,
    from: 'crash after the fetch, before the intent',
    title: 'a restarted ingester begins at the end of the log and not at the head of the ledger',
    expected: ['range-gap', 'missing', 'did-not-converge'],
    edits: [
      {
        file: partitionIngest,
        find: 'const head = await deps.ledger.head(key, offsetStart);',
        replace: `await deps.ledger.head(key, offsetStart);
  const head = (await deps.source.offsets(topic)).find((o) => o.partition === key.partition)!.latest;`,
      },
    ],
    guards: { ledger: { headCas: false } },
    profile: { kinds: ['crash', 'stop'] },
  },
  {
    ...ingest,
    id: 'C2',
    window: 2,
    from: 'intent written; insert not sent, or its answer lost',
    title: 'an open intent is closed with whatever the store holds of it (no count in the ledger)',
    expected: ['missing', 'torn-batch', 'silent-no-commit', 'digest-mismatch'],
    edits: [
      {
        file: partitionIngest,
        find: "if (state === 'complete') {",
        replace: "if (state !== 'surplus') {",
      },
    ],
    guards: { ledger: { rangeCounts: false } },
    profile: { kinds: ['crash', 'lose', 'down'] },
  },
  {
    ...ingest,
    id: 'C3',
    window: 3,
    from: 'insert answered, crash before done',
    title: 'a restart writes the open range again without a look at what is there',
    expected: ['duplicate', 'late-duplicate'],
    edits: [
      {
        file: partitionIngest,
        find: "if (state === 'complete') {",
        replace: "if (state === ('never' as string)) {",
      },
      {
        file: rangeWriter,
        find: 'let token = name;', // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a program.
        replace: 'let token = `${name}#${epoch}`;',
      },
    ],
    guards: { hotStore: { 'skip-stored': false } },
    profile: { kinds: ['crash', 'lose', 'stop'] },
  },
  {
    ...ingest,
    id: 'C4',
    window: 4,
    from: 'an acknowledged insert that is not there',
    title:
      'a range is closed on the acknowledgement, not on the read-back (no count in the ledger)',
    expected: ['missing', 'silent-no-commit', 'digest-mismatch', 'torn-batch'],
    edits: [
      {
        file: rangeWriter,
        find: "if (state === 'complete') return closed(intentOf(block), stored);",
        replace: "if (state === 'complete' || answered) return closed(intentOf(block), stored);",
      },
    ],
    guards: { ledger: { rangeCounts: false } },
    profile: { kinds: ['store-loses-part', 'store-drops-as-duplicate'] },
  },
  {
    ...ingest,
    id: 'C5',
    window: 5,
    from: 'a zombie ingester inserts late, after the deduplication window',
    title:
      'the store does not know epochs: neither is a late insert refused nor a running one ended',
    expected: ['late-duplicate', 'duplicate', 'zombie-commit'],
    guards: { hotStore: { 'fence-check': false, 'fence-ends-inserts': false } },
    profile: {
      settings: { ingesters: 2, deduplicationWindow: 1 },
      kinds: ['slow', 'pause', 'crash', 'lose', 'store-forgets-tokens', 'delay'],
    },
  },
  {
    ...ingest,
    id: 'C6',
    window: 6,
    from: 'rebalance in mid-batch; redelivery cut differently',
    title: 'an open range is filled from a new cut of the log, not from exactly the range again',
    expected: ['missing', 'torn-batch', 'digest-mismatch', 'silent-no-commit'],
    edits: [
      {
        file: partitionIngest,
        find: 'const block = await deps.source.read(topic, intent, signal);',
        replace: `const cut = await deps.source.reader(topic, key.partition, intent.offsetFirst);
  const block = (await cut.next({ ...deps.limits, rowsMax: 2 }, signal))!;
  await cut.close();`,
      },
      { file: partitionIngest, find: 'requireSameRecords(intent, block);', replace: '' },
    ],
    guards: { ledger: { rangeCounts: false } },
    profile: { kinds: ['crash', 'lose', 'stop', 'pause'] },
  },
  {
    ...ingest,
    id: 'C7',
    window: 7,
    from: 'retention passed what was not read yet',
    title: 'a reader whose position is gone goes on at the first record there is, and tells nobody',
    expected: ['missing'],
    guards: { broker: { deletionTold: false } },
    stopsWith: 'offset-out-of-range',
    profile: { kinds: ['unread-deleted'] },
  },
  {
    ...ingest,
    id: 'C8',
    window: 8,
    from: 'compaction and transaction markers leave holes',
    title: 'every offset of a range is expected to be a record',
    expected: ['did-not-converge'],
    edits: [
      {
        file: rangeWriter,
        find: 'return { ...block.range, rows: block.rows, offsetSum: block.offsetSum };',
        replace: `const { offsetFirst, offsetLast } = block.range;
  return { ...block.range, rows: Number(offsetLast - offsetFirst) + 1, offsetSum: block.offsetSum };`,
      },
    ],
    profile: { faultsMax: 0 },
  },
  {
    ...ingest,
    id: 'C9',
    window: 9,
    from: 'an insert split over blocks, partly applied',
    title: 'an insert lands in two blocks, and a repeated one is neither skipped nor dropped',
    expected: ['duplicate', 'late-duplicate'],
    guards: {
      hotStore: { 'one-block': false, 'skip-stored': false, 'deduplication-token': false },
    },
    profile: { kinds: ['down', 'slow', 'crash', 'lose'] },
  },
  {
    ...ingest,
    id: 'C20',
    window: 20,
    from: 'duplicates or drops upstream of the log',
    title: "the producer's batches carry no sequence that the broker believes",
    expected: ['duplicate-write'],
    guards: { broker: { idempotence: false, sequenceOrder: false } },
    profile: { kinds: ['lose', 'duplicate', 'down', 'partition'] },
  },
];
