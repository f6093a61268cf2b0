/**
 * Headers are read right, a mangled batch is noticed, and a batch cut by the byte limit is left for
 * the next fetch.
 */
import { expect, it } from 'vitest';
import { makeBatch, makeMarker, patchBatch } from './batches.test-kit.ts';
import { CorruptBatchError, isAbortMarker, parseBatches } from './record-batch.ts';
import { Unpacker } from './unpacker.ts';

const values = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ value: Buffer.from(`v${i}`) }));

it('reads what the header says', () => {
  const [batch] = parseBatches(makeBatch(9n, values(3), { producerId: 77n, transactional: true }));
  expect(batch).toMatchObject({
    offsetBase: 9n,
    offsetLast: 11n,
    records: 3,
    producerId: 77n,
    transactional: true,
    control: false,
    compression: 0,
  });
});

it('keeps the last offset of a batch whose last records were compacted away', () => {
  const [batch] = parseBatches(patchBatch(makeBatch(9n, values(3)), { offsetLastDelta: 20 }));
  expect(batch!.offsetLast).toBe(29n);
});

it('every cut of the last batch leaves the whole ones before it', () => {
  const first = makeBatch(0n, values(2));
  const both = Buffer.concat([first, makeBatch(2n, values(2))]);
  for (let cut = 0; cut < both.length; cut++) {
    expect(parseBatches(both.subarray(0, cut))).toHaveLength(cut < first.length ? 0 : 1);
  }
});

it('any changed byte under the checksum is noticed', () => {
  const bytes = makeBatch(0n, values(2), { compression: 'lz4' });
  for (let at = 21; at < bytes.length; at++) {
    const mangled = Buffer.from(bytes);
    mangled[at]! ^= 0x40;
    expect(() => parseBatches(mangled)).toThrow(CorruptBatchError);
  }
});

it('formats before v2 and unknown codecs are refused, not guessed', () => {
  expect(() => parseBatches(patchBatch(makeBatch(0n, values(1)), { version: 1 }))).toThrow(/v1/);
  const [unknown] = parseBatches(patchBatch(makeBatch(0n, values(1)), { attributes: 7 }));
  expect(() => new Unpacker().unpack(unknown!)).toThrow(/compression 7/);
});

it('tells abort markers from commit markers and from data', () => {
  const batches = parseBatches(
    Buffer.concat([
      makeMarker(0n, 1n, 'abort'),
      makeMarker(1n, 1n, 'commit'),
      makeBatch(2n, values(1)),
    ]),
  );
  expect(batches.map(isAbortMarker)).toEqual([true, false, false]);
  expect(batches.map((batch) => batch.control)).toEqual([true, true, false]);
});
