/**
 * What read_committed leaves out: records of aborted transactions and markers, however they are
 * interleaved.
 */
import { describe, expect, it } from 'vitest';
import { AbortedFilter } from './aborted-filter.ts';
import { makeBatch, makeMarker } from './batches.test-kit.ts';
import { parseBatches } from './record-batch.ts';

const data = (offset: bigint, producerId: bigint, transactional = true) =>
  makeBatch(offset, [{ value: Buffer.from('x') }], { producerId, transactional });

function counted(aborted: Array<[bigint, bigint]>, batches: Buffer[]): bigint[] {
  const filter = new AbortedFilter(
    aborted.map(([producerId, offsetFirst]) => ({ producerId, offsetFirst })),
  );
  return parseBatches(Buffer.concat(batches))
    .filter((batch) => filter.counts(batch))
    .map((batch) => batch.offsetBase);
}

describe('one answer', () => {
  it('two producers, one aborts and one commits', () => {
    const batches = [
      data(0n, 1n),
      data(1n, 2n),
      data(2n, 1n),
      makeMarker(3n, 1n, 'abort'),
      data(4n, 2n),
      makeMarker(5n, 2n, 'commit'),
    ];
    expect(counted([[1n, 0n]], batches)).toEqual([1n, 4n]);
  });

  it('one producer aborts twice and commits in between', () => {
    const batches = [
      data(0n, 1n),
      makeMarker(1n, 1n, 'abort'),
      data(2n, 1n),
      makeMarker(3n, 1n, 'commit'),
      data(4n, 1n),
      makeMarker(5n, 1n, 'abort'),
      data(6n, 1n),
      makeMarker(7n, 1n, 'commit'),
    ];
    const aborted: Array<[bigint, bigint]> = [
      [1n, 4n],
      [1n, 0n],
    ];
    expect(counted(aborted, batches)).toEqual([2n, 6n]);
  });

  it('the answer ends before the abort marker', () => {
    expect(counted([[1n, 0n]], [data(0n, 1n), data(1n, 1n)])).toEqual([]);
  });

  it('the transaction began in an earlier answer', () => {
    const batches = [data(10n, 1n), makeMarker(11n, 1n, 'abort'), data(12n, 1n)];
    expect(counted([[1n, 3n]], batches)).toEqual([12n]);
  });

  it('records outside transactions always count', () => {
    expect(counted([[1n, 0n]], [data(0n, 1n), data(1n, -1n, false)])).toEqual([1n]);
  });
});
