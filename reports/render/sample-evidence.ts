/**
 * The evidence part of the made-up runs: what the layers held, what the checks said, what was
 * found.
 *
 * Three kinds exist because a report has three faces: everything equal, records lost and altered
 * and doubled with their witnesses, and a run that stopped before its end. The texts are as long as
 * the real ones, so that a layout that only works for short words is seen to fail.
 */
import type {
  CheckResult,
  Finding,
  JournalEvent,
  LayerResult,
} from '../../harness/experiment/journal-events.ts';

export type SampleKind = 'pass' | 'violated' | 'inconclusive';

interface Timed {
  readonly atMs: number;
  readonly event: JournalEvent;
}

const digests = ['3d1f7a90c4e2b865', '91b0e65d2f7ac318', 'e84c02d9157fb36a', '0a6bd3f8921ce745'];

/** Events of the verification phase, milliseconds after the start. */
export function sampleEvidence(kind: SampleKind, records: number, topicId: string): Timed[] {
  const layers = kind === 'violated' ? violatedLayers(records) : equalLayers(records);
  const checks = kind === 'violated' ? violatedChecks(records) : passingChecks(records);
  const findings = kind === 'violated' ? sampleFindings(topicId) : [];
  const events: JournalEvent[] = [
    ...layers.map((layer) => ({ type: 'layer', layer }) as const),
    ...checks.map((check) => ({ type: 'check', check }) as const),
    ...findings.map((finding) => ({ type: 'finding', finding }) as const),
  ];
  const timed = events.map((event, index) => ({
    atMs: index < layers.length ? 16_400 + index * 900 : 20_200,
    event,
  }));
  const verdict = kind === 'violated' ? 'violated' : 'pass';
  return [...timed, { atMs: 20_350, event: { type: 'verdict', verdict, durationMs: 20_350 } }];
}

function layer(
  name: string,
  title: string,
  reader: string,
  rows: readonly number[],
  sums: readonly string[] | null,
): LayerResult {
  return {
    name,
    title,
    reader,
    durationMs: 640 + title.length * 17,
    rows: String(rows.reduce((sum, count) => sum + count, 0)),
    digest: sums === null ? null : sumOf(sums),
    partitions: rows.map((count, partition) => ({
      partition,
      rows: String(count),
      offsetFirst: count === 0 ? null : '0',
      offsetLast: count === 0 ? null : String(count - 1),
      digest: sums?.[partition] ?? null,
    })),
  };
}

function sumOf(sums: readonly string[]): string {
  const sum = sums.reduce((total, hex) => total + BigInt(`0x${hex}`), 0n);
  return BigInt.asUintN(64, sum).toString(16).padStart(16, '0');
}

function split(records: number): number[] {
  return [0, 1, 2, 3].map((partition) => Math.floor((records + 3 - partition) / 4));
}

function equalLayers(records: number): LayerResult[] {
  const rows = split(records);
  return [
    layer('producer', 'Producer, acknowledged', "producer's own journal", rows, null),
    layer('log', 'Log (Kafka)', 'kafkajs, read_committed', rows, digests),
    layer('bronze', 'Bronze (ClickHouse)', 'SQL over HTTP', rows, digests),
    layer('lake', 'Lake (Iceberg)', 'icebird + hyparquet', rows, digests),
  ];
}

function violatedLayers(records: number): LayerResult[] {
  const rows = split(records);
  const bronzeRows = [rows[0]!, rows[1]! - 2, rows[2]!, rows[3]! - 9];
  const bronzeSums = [digests[0]!, 'b7709e14d2c8a35f', digests[2]!, '55e1c0a4937d2b68'];
  const lakeRows = [rows[0]!, rows[1]! + 1, rows[2]!, rows[3]! - 9];
  const lakeSums = [digests[0]!, '1c94f0b6a3d7285e', digests[2]!, '55e1c0a4937d2b68'];
  const zero = '0000000000000000';
  const deadSums = [zero, zero, zero, '8f21ab6c0d943e75'];
  const togetherSums = [digests[0]!, bronzeSums[1]!, digests[2]!, digests[3]!];
  const togetherRows = [rows[0]!, rows[1]! - 2, rows[2]!, rows[3]!];
  return [
    layer('producer', 'Producer, acknowledged', "producer's own journal", rows, null),
    layer('log', 'Log (Kafka)', 'kafkajs, read_committed', rows, digests),
    layer('bronze', 'Bronze (ClickHouse)', 'SQL over HTTP', bronzeRows, bronzeSums),
    layer('dead-letters', 'Dead letters', 'SQL over HTTP', [0, 0, 0, 9], deadSums),
    layer(
      'bronze+dead-letters',
      'Bronze + dead letters',
      'sum of the two',
      togetherRows,
      togetherSums,
    ),
    layer('lake', 'Lake (Iceberg)', 'icebird + hyparquet', lakeRows, lakeSums),
  ];
}

function check(
  guarantee: string,
  title: string,
  evidence: string,
  verdict: CheckResult['verdict'] = 'pass',
): CheckResult {
  return { guarantee, title, verdict, evidence };
}

function passingChecks(records: number): CheckResult[] {
  const count = records.toLocaleString('en-US');
  return [
    check('G1', 'Complete', `${count} acknowledged records, each found in log, bronze and lake`),
    check(
      'G2',
      'Unique',
      `${count} identities in each layer, none twice; lake read with no query tricks`,
    ),
    check(
      'G3',
      'Faithful',
      `${count} records decoded again from their bytes; 13 fields each, all equal`,
    ),
    check(
      'G4',
      'Monotone',
      '11 snapshots, each a duplicate-free prefix of the next in all 4 partitions',
    ),
    check('G5', 'Ledger', '452 ranges without hole or overlap; digests equal the contents'),
    check('G6', 'Fenced', '2 takeovers; 0 rows and 0 swings of an old epoch after the new one'),
    check('G8', 'Live', 'lag was zero 1.7 s after the last fault healed (bound 30 s)'),
    check('G12', 'Honest', '3 faults armed, 3 seen to bite, 3 healed'),
  ];
}

function violatedChecks(records: number): CheckResult[] {
  const broken: Readonly<Record<string, string>> = {
    G1: '2 acknowledged records are not in bronze (partition 1, offsets 4711 and 4712)',
    G2: '1 identity stands three times in the lake (partition 1, offset 2048)',
    G3: '1 record has another price and quantity in bronze and lake than in the log',
  };
  return passingChecks(records).map((item) => {
    const evidence = broken[item.guarantee];
    return evidence === undefined ? item : { ...item, verdict: 'violated', evidence };
  });
}

function sampleFindings(topicId: string): Finding[] {
  const trade = {
    exchange: 'binance',
    symbol: 'BTCUSDT',
    trade_id: '3720144983',
    price: '57012.34000000',
    quantity: '0.00175000',
    side: 'SELL',
    event_time: '1723100400123000',
    trade_time: '1723100400122000',
  };
  const at = (offset: string) => ({ topicId, partition: 1, offset });
  const missing = (offset: string, id: string): Finding => ({
    code: 'missing',
    layer: 'bronze+dead-letters',
    message: 'acknowledged and in the log, in neither bronze nor dead letters',
    identity: at(offset),
    expected: { ...trade, trade_id: id },
    actual: [],
  });
  return [
    missing('4711', '3720149001'),
    missing('4712', '3720149002'),
    {
      code: 'altered',
      layer: 'bronze',
      message: 'same identity, other content',
      identity: at('913'),
      expected: trade,
      actual: [{ ...trade, price: '57012.33999999', quantity: '0.00175001' }],
    },
    {
      code: 'duplicate',
      layer: 'lake',
      message: 'one identity, three rows, in two data files',
      identity: at('2048'),
      expected: { ...trade, trade_id: '3720146201', symbol: 'ETHUSDT' },
      actual: [
        { ...trade, trade_id: '3720146201', symbol: 'ETHUSDT' },
        { ...trade, trade_id: '3720146201', symbol: 'ETHUSDT' },
        { ...trade, trade_id: '3720146201', symbol: 'ETHUSDT', side: 'BUY' },
      ],
    },
  ];
}
