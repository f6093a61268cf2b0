/**
 * Blocks follow one another without a gap, cover every hole exactly once, and say what the broker
 * really returned.
 */
import { describe, expect, it } from 'vitest';
import { AbortedFilter } from './aborted-filter.ts';
import { makeBatch, makeCompacted, makeMarker, patchBatch, readRows } from './batches.test-kit.ts';
import { BlockAssembler } from './block-assembler.ts';
import type { AbortedTransaction } from './raw-fetch.ts';
import { parseBatches } from './record-batch.ts';

const key = { topicId: '00000000-0000-0000-0000-000000000001', partition: 3 };
const noLimits = { rowsMax: 1e9, bytesMax: 1e9 };
const values = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ value: Buffer.from(`v${i}`) }));

function fetched(batches: Buffer[], aborted: AbortedTransaction[] = []) {
  const bytes = Buffer.concat(batches);
  const filter = new AbortedFilter(aborted);
  return { batches: parseBatches(bytes), filter, bytes: bytes.length, lastStableOffset: 0n };
}

function offsets(block: { body: Uint8Array; hasNullValue: boolean } | null) {
  return readRows(block!).map((row) => Number(row.offset));
}

it('a block that ends inside a batch is followed by one that starts there', () => {
  const assembler = new BlockAssembler(key, 10n);
  assembler.feed(fetched([makeBatch(10n, values(5)), makeBatch(15n, values(5))]));
  const blocks = [];
  while (assembler.fill({ rowsMax: 4, bytesMax: 1e9 }) === 'full') blocks.push(assembler.take()!);
  blocks.push(assembler.take()!);
  expect(blocks.map((b) => [b.range.offsetFirst, b.range.offsetLast, b.rows, b.offsetSum])).toEqual(
    [
      [10n, 13n, 4, 6n],
      [14n, 17n, 4, 6n],
      [18n, 19n, 2, 1n],
    ],
  );
  expect(blocks[0]!.range).toMatchObject(key);
  expect(assembler.take()).toBe(null);
});

it('records before the position are not read again', () => {
  const assembler = new BlockAssembler(key, 12n);
  assembler.feed(fetched([makeBatch(10n, values(5))]));
  assembler.fill(noLimits);
  const block = assembler.take();
  expect(offsets(block)).toEqual([12, 13, 14]);
  expect(block).toMatchObject({ offsetSum: 3n });
});

describe('holes', () => {
  it('of compaction lie inside the range, at both ends and between', () => {
    const assembler = new BlockAssembler(key, 100n);
    assembler.feed(fetched([makeCompacted(102n, [1, 4, 5], 9), makeCompacted(120n, [0], 0)]));
    assembler.fill(noLimits);
    const block = assembler.take()!;
    expect(offsets(block)).toEqual([103, 106, 107, 120]);
    expect(block.range).toMatchObject({ offsetFirst: 100n, offsetLast: 120n });
    expect(block.offsetSum).toBe(3n + 6n + 7n + 20n);
  });

  it('behind a full block belong to it when they are known', () => {
    const assembler = new BlockAssembler(key, 0n);
    const tail = [
      makeMarker(2n, 1n, 'commit'),
      makeMarker(3n, 2n, 'abort'),
      makeBatch(4n, values(1)),
    ];
    assembler.feed(fetched([makeBatch(0n, values(2)), ...tail]));
    expect(assembler.fill({ rowsMax: 2, bytesMax: 1e9 })).toBe('full');
    expect(assembler.take()!.range.offsetLast).toBe(3n);
  });

  it('alone make a block without rows, so that the head can pass them', () => {
    const assembler = new BlockAssembler(key, 0n);
    const records = makeBatch(0n, values(3), { producerId: 1n, transactional: true });
    const aborted = [{ producerId: 1n, offsetFirst: 0n }];
    assembler.feed(fetched([records, makeMarker(3n, 1n, 'abort')], aborted));
    expect(assembler.fill(noLimits)).toBe('hungry');
    const block = assembler.take()!;
    expect(block).toMatchObject({ rows: 0, offsetSum: 0n, hasNullValue: false });
    expect([block.range.offsetLast, block.body.length]).toEqual([3n, 0]);
  });

  it('an empty batch that compaction kept for its producer moves the position', () => {
    const assembler = new BlockAssembler(key, 0n);
    assembler.feed(fetched([makeCompacted(0n, [], 7), makeBatch(8n, values(1))]));
    assembler.fill(noLimits);
    expect(assembler.take()).toMatchObject({ rows: 1, offsetSum: 8n });
  });
});

describe('a range that ends inside a batch', () => {
  it('is read to its last offset and no further', () => {
    const assembler = new BlockAssembler(key, 1n, 4n);
    assembler.feed(fetched([makeBatch(0n, values(10))]));
    expect(assembler.fill(noLimits)).toBe('full');
    const block = assembler.take()!;
    expect([offsets(block), block.range.offsetLast]).toEqual([[1, 2, 3], 3n]);
  });

  it('ends in a hole inside a batch or between batches', () => {
    const inside = new BlockAssembler(key, 0n, 4n);
    inside.feed(fetched([makeCompacted(0n, [0, 8], 9)]));
    inside.fill(noLimits);
    expect(inside.take()).toMatchObject({ rows: 1, range: { offsetLast: 3n } });
    const between = new BlockAssembler(key, 0n, 4n);
    between.feed(fetched([makeBatch(0n, values(2)), makeBatch(20n, values(2))]));
    between.fill(noLimits);
    expect(between.take()).toMatchObject({ rows: 2, range: { offsetLast: 3n } });
  });
});

it('records that are stored broken stop the reader by name instead of being guessed', () => {
  const assembler = new BlockAssembler(key, 0n);
  assembler.feed(fetched([patchBatch(makeBatch(0n, values(2)), { records: 3 })]));
  expect(() => assembler.fill(noLimits)).toThrow(
    expect.objectContaining({ code: 'refused', message: expect.stringContaining('offset 0') }),
  );
});

it('a null value changes the form of its own block only', () => {
  const assembler = new BlockAssembler(key, 0n);
  assembler.feed(fetched([makeBatch(0n, [{ value: null }, ...values(3)])]));
  assembler.fill({ rowsMax: 2, bytesMax: 1e9 });
  expect(assembler.take()!.hasNullValue).toBe(true);
  assembler.fill(noLimits);
  const second = assembler.take()!;
  expect([second.hasNullValue, offsets(second)]).toEqual([false, [2, 3]]);
});
