import { expect, test } from 'vitest';
import { proveContent, provePartition } from './proof.ts';

const key = { topicId: 't', partition: 3 };
const first = {
  ...key,
  offsetFirst: 0n,
  offsetLast: 9n,
  digest: { rows: 10n, sum: 2n ** 64n - 1n },
};
const second = { ...key, offsetFirst: 10n, offsetLast: 14n, digest: { rows: 5n, sum: 2n } };
const found = { ...key, digest: { rows: 15n, sum: 1n }, offsetsDistinct: 15n };

test('digests of several ranges of one partition add up modulo 2^64', () => {
  expect(() => proveContent([first, second], [found])).not.toThrow();
});

test.each([
  [
    'an altered row',
    [{ ...found, digest: { rows: 15n, sum: 2n } }],
    /expected 15:0+1, found 15:0+2/,
  ],
  ['a missing row', [{ ...found, digest: { rows: 14n, sum: 1n } }], /expected 15:/],
  ['a duplicate in place of a row', [{ ...found, offsetsDistinct: 14n }], /distinct offsets/],
  [
    'rows of another partition',
    [found, { ...found, partition: 4 }],
    /t\/4, which is not in the batch/,
  ],
  ['no rows at all', [], /found no rows/],
  ['one partition told in two parts', [found, found], /named t\/3 twice/],
])('%s is named with its ranges', (_title, files, message) => {
  const prove = () => proveContent([first, second], files);
  expect(prove).toThrow(message);
  expect(prove).toThrow(/ t\/[34]|^t\/3/);
  expect(prove).toThrow(expect.objectContaining({ code: 'digest-mismatch' }));
});

test('a range of dead letters only needs no rows', () => {
  expect(() => proveContent([{ ...first, digest: { rows: 0n, sum: 0n } }], [])).not.toThrow();
});

const column = (min: bigint | Buffer, max = min) => {
  return { bytes: 1n, values: 1n, nulls: 0n, range: { min, max } };
};
const statistics = (exchange: string, micros: bigint) => ({
  rows: 2n,
  splitOffsets: [4n],
  columns: new Map([
    [4, column(Buffer.from(exchange))],
    [11, column(0n, micros)],
  ]),
});
const claim = { path: '/f', exchange: 'binance', day: 0, rows: 2n };

test('a file whose rows lie outside the partition it claims is refused', () => {
  expect(() => provePartition(claim, statistics('binance', 86_399_999_999n))).not.toThrow();
  expect(() => provePartition(claim, statistics('binance', 86_400_000_000n))).toThrow(
    /found 1$|found 1;/,
  );
  expect(() => provePartition(claim, statistics('kraken', 0n))).toThrow(/found kraken/);
  const three = { ...claim, rows: 3n };
  expect(() => provePartition(three, statistics('binance', 0n))).toThrow(
    /expected 3 rows, found 2/,
  );
  const blind = { ...statistics('binance', 0n), columns: new Map() };
  expect(() => provePartition(claim, blind)).toThrow(/no statistics/);
});
