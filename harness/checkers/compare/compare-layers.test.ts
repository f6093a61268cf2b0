import { describe, expect, test } from 'vitest';
import type { LayerRow } from '../layer.ts';
import { type CompareOptions, compareLayers } from './compare-layers.ts';
import { FindingLog } from './finding-log.ts';
import { memoryLayer, topicId, tradeRow, tradeRows } from './memory-layer.test-kit.ts';
import type { ClosedSpan } from './range-tally.ts';

/** Three buckets of a partition, and a second partition. */
const healthy = [...tradeRows(0, 40_000), ...tradeRows(0, 99, 1)];

function span(first: number, last: number, partition = 0): ClosedSpan {
  const rows = BigInt(last - first + 1);
  return { topicId, partition, offsetFirst: BigInt(first), offsetLast: BigInt(last), rows };
}

const without = (...offsets: number[]) =>
  healthy.filter((row) => row.partition === 1 || !offsets.includes(Number(row.offset)));
const offsetsFrom = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** `code partition:offset` for every finding. */
async function findings(actual: readonly LayerRow[], options: CompareOptions = {}, log = healthy) {
  const layers = [memoryLayer('log', log), memoryLayer('bronze', actual)] as const;
  const result = await compareLayers(...layers, 'trade', options);
  return result.findings.findings.map(
    (f) => `${f.code} ${f.identity?.partition}:${f.identity?.offset}`,
  );
}

describe('single records', () => {
  test('equal layers have no finding, and no bucket is opened', async () => {
    const layers = [memoryLayer('log', healthy), memoryLayer('bronze', healthy)] as const;
    const result = await compareLayers(...layers, 'trade');
    expect(result.findings.findings).toEqual([]);
    expect(result.bucketsOpened).toBe(0);
    expect(result.actual.rows).toBe(40_101n);
  });

  test('a lost record is missing, by its offset', async () => {
    expect(await findings(without(20_000))).toEqual(['missing 0:20000']);
  });

  test('a lost partition is missing record by record', async () => {
    const lost = healthy.filter((row) => row.partition === 0);
    expect(await findings(lost)).toEqual(offsetsFrom(0, 99).map((o) => `missing 1:${o}`));
  });

  test('a record that is there twice is a duplicate, with both copies', async () => {
    const log = new FindingLog();
    expect(await findings([...healthy, tradeRow(17)], { findings: log })).toEqual([
      'duplicate 0:17',
    ]);
    expect(log.findings[0]?.actual).toEqual([tradeRow(17).fields, tradeRow(17).fields]);
  });

  test('a record that the log does not have is a phantom', async () => {
    expect(await findings([...healthy, tradeRow(40_001)])).toEqual(['phantom 0:40001']);
  });

  test('two altered records in one bucket, rows equal, end in the two records and their fields', async () => {
    const log = new FindingLog();
    const actual = [
      ...without(5, 16_000),
      tradeRow(5, '100.00000001'),
      tradeRow(16_000, '99.00000000'),
    ];
    expect(await findings(actual, { findings: log })).toEqual(['altered 0:5', 'altered 0:16000']);
    expect(log.findings[0]?.expected?.price).toBe('100.00000000');
    expect(log.findings[0]?.actual[0]?.price).toBe('100.00000001');
    expect(log.findings[0]?.message).toContain('price');
  });

  test('a copy with other content is a duplicate and altered', async () => {
    const actual = [...healthy, tradeRow(9, '1.00000000')];
    expect(await findings(actual)).toEqual(['duplicate 0:9', 'altered 0:9']);
  });

  test('one lost and one doubled record do not cancel out', async () => {
    const actual = [...without(3), tradeRow(4)];
    expect(await findings(actual)).toEqual(['missing 0:3', 'duplicate 0:4']);
  });
});

describe('whole ranges', () => {
  const closedSpans = [span(0, 9), span(10, 19), span(20, 39_999)];

  test('a whole closed range again is a late duplicate', async () => {
    const actual = [...healthy, ...tradeRows(10, 19)];
    expect(await findings(actual, { closedSpans })).toEqual(
      offsetsFrom(10, 19).map((o) => `late-duplicate 0:${o}`),
    );
  });

  test('a range that spans three buckets is still one late duplicate', async () => {
    const log = new FindingLog();
    await findings([...healthy, ...tradeRows(20, 39_999)], { closedSpans, findings: log });
    expect([...log.totals]).toEqual([['late-duplicate', 39_980n]]);
  });

  test('all but one record of a range again are ordinary duplicates', async () => {
    const actual = [...healthy, ...tradeRows(10, 18)];
    expect(await findings(actual, { closedSpans })).toEqual(
      offsetsFrom(10, 18).map((o) => `duplicate 0:${o}`),
    );
  });

  test('a closed range that lost its end is a torn batch', async () => {
    expect(await findings(without(17, 18, 19), { closedSpans })).toEqual(
      [17, 18, 19].map((o) => `torn-batch 0:${o}`),
    );
  });

  test('a closed range that lost its beginning is a torn batch, also across a bucket', async () => {
    const lost = offsetsFrom(20, 16_400);
    const log = new FindingLog();
    await findings(without(...lost), { closedSpans, findings: log });
    expect([...log.totals]).toEqual([['torn-batch', BigInt(lost.length)]]);
  });

  test('records lost in the middle, one at the end, or all of a range are missing', async () => {
    expect(await findings(without(13, 14), { closedSpans })).toEqual([
      'missing 0:13',
      'missing 0:14',
    ]);
    expect(await findings(without(19), { closedSpans })).toEqual(['missing 0:19']);
    expect(await findings(without(...offsetsFrom(10, 19)), { closedSpans })).toEqual(
      offsetsFrom(10, 19).map((o) => `missing 0:${o}`),
    );
  });
});

describe('heads', () => {
  const heads = new Map([[`${topicId}/0`, 30_000n] as const, [`${topicId}/1`, 100n] as const]);
  const upToHead = healthy.filter((row) => row.partition === 1 || row.offset < 30_000n);

  test('what the log has behind the head is not missed', async () => {
    expect(await findings(upToHead, { heads })).toEqual([]);
  });

  test('a lost record below the head is missed, in the bucket that the head cuts', async () => {
    const actual = upToHead.filter((row) => row.partition === 1 || row.offset !== 29_999n);
    expect(await findings(actual, { heads })).toEqual(['missing 0:29999']);
  });

  test('a row at or behind the head is a phantom, although the log has it', async () => {
    expect(await findings([...upToHead, tradeRow(30_000)], { heads })).toEqual(['phantom 0:30000']);
    expect(
      await findings(healthy, { heads: new Map([...heads, [`${topicId}/0`, 0n]]) }),
    ).toHaveLength(1_000);
  });

  test('a row behind the head inside an open intent is neither right nor wrong', async () => {
    const spansBehindHead = async () => [span(30_000, 30_009)];
    const inside = [...upToHead, tradeRow(30_000), tradeRow(30_004)];
    expect(await findings(inside, { heads, spansBehindHead })).toEqual([]);
    const outside = [...inside, tradeRow(30_010)];
    expect(await findings(outside, { heads, spansBehindHead })).toEqual(['phantom 0:30010']);
  });

  test('without heads everything must have arrived', async () => {
    expect(await findings(healthy.slice(1))).toEqual(['missing 0:0']);
  });
});

describe('honesty', () => {
  test('findings are bounded, their number is exact', async () => {
    const log = new FindingLog(10);
    const actual = [...healthy.filter((row) => row.partition === 1), tradeRow(50_000)];
    await findings(actual, { findings: log });
    expect([...log.totals]).toEqual([
      ['missing', 40_001n],
      ['phantom', 1n],
    ]);
    expect(log.findings.map((f) => f.code).filter((code) => code === 'phantom')).toHaveLength(1);
    expect(log.findings.length).toBeLessThanOrEqual(20);
  });

  test('digests that differ over equal rows are a failure of the reader, not a pass', async () => {
    const lying = {
      ...memoryLayer('bronze', healthy),
      digest: async () => [
        { topicId, partition: 0, bucket: 0n, rows: 1n, sum: 1n, offsetFirst: 0n, offsetLast: 0n },
      ],
    };
    await expect(compareLayers(memoryLayer('log', healthy), lying, 'trade')).rejects.toThrow(
      /contradicts itself/,
    );
  });

  test('equal sums with another number of rows are not equal', async () => {
    const zero = { ...tradeRow(40_001), hash: 0n };
    expect(await findings([...healthy, zero])).toEqual(['phantom 0:40001']);
  });

  test('a log that shows an offset twice is refused', async () => {
    await expect(findings(healthy, {}, [...healthy, tradeRow(1)])).rejects.toThrow(/twice/);
  });
});
