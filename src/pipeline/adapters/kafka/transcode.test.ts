/**
 * Every coding of a record that Kafka knows comes out as the right row, and a block is cut exactly
 * where its limits say.
 */
import { describe, expect, it } from 'vitest';
import { makeBatch, readRows, type TestRecord } from './batches.test-kit.ts';
import { CorruptBatchError, parseBatches } from './record-batch.ts';
import { RowBuffer } from './row-buffer.ts';
import { RecordScanner, transcode } from './transcode.ts';
import { Unpacker } from './unpacker.ts';

const noLimits = { rowsMax: 1e9, bytesMax: 1e9 };
const deltaMax = 2 ** 31 - 1;
const text = (length: number) => Buffer.from(Array.from({ length }, (_, i) => 33 + (i % 90)));

function scannerOf(bytes: Buffer): RecordScanner {
  const [batch] = parseBatches(bytes);
  return new RecordScanner(new Unpacker().unpack(batch!), batch!.offsetBase, batch!.records);
}

function rowsOf(bytes: Buffer, limits = noLimits) {
  const rows = new RowBuffer(0);
  const taken = transcode(scannerOf(bytes), rows, limits, 0, deltaMax);
  return {
    taken,
    rows: readRows({ body: rows.body(), hasNullValue: rows.nullable }),
    buffer: rows,
  };
}

describe('values of every length', () => {
  const lengths = [0, 1, 7, 8, 9, 15, 16, 63, 64, 65, 127, 128, 129, 511, 512, 513];
  const large = [8_191, 8_192, 16_383, 16_384, 1_048_575, 1_048_576, 2_097_151, 2_097_152];

  it.each([...lengths, ...large])('%i bytes come out as they went in', (length) => {
    const value = text(length);
    const { rows } = rowsOf(makeBatch(5n, [{ value }, { value: Buffer.from('after') }]));
    expect(rows[0]!.offset).toBe(5n);
    expect(rows[0]!.value === value.toString('latin1')).toBe(true);
    expect(rows[1]).toEqual({ offset: 6n, value: 'after' });
  });

  it('bytes that are no text survive', () => {
    const value = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const { rows } = rowsOf(makeBatch(0n, [{ value }]));
    expect(Buffer.from(rows[0]!.value!, 'latin1')).toEqual(value);
  });
});

describe('what stands around the value', () => {
  it.each([0, 1, 63, 64, 200, 20_000])('a key of %i bytes is stepped over', (length) => {
    const { rows } = rowsOf(makeBatch(0n, [{ key: text(length), value: Buffer.from('x') }]));
    expect(rows).toEqual([{ offset: 0n, value: 'x' }]);
  });

  it('headers are stepped over', () => {
    const headers = { a: 'b', long: 'y'.repeat(3_000), empty: '' };
    const records = [{ value: Buffer.from('1'), headers }, { value: Buffer.from('2') }];
    expect(rowsOf(makeBatch(0n, records)).rows.map((row) => row.value)).toEqual(['1', '2']);
  });

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)('%s is unpacked', (compression) => {
    const records = Array.from({ length: 5_000 }, (_, i) => ({
      value: Buffer.from(`{"t":${i * 7_919},"p":"${(i * 31) % 977}.25"}`),
    }));
    const { rows, taken } = rowsOf(makeBatch(2n ** 40n, records, { compression }));
    expect(taken).toEqual({ rows: 5_000, offsetDeltaSum: (4_999 * 5_000) / 2, drained: true });
    expect(rows.map((row) => row.value)).toEqual(records.map((r) => r.value.toString()));
    expect(rows.at(-1)!.offset).toBe(2n ** 40n + 4_999n);
  });

  it('offsets beyond 32 bits and across the carry keep all their bits', () => {
    const base = 2n ** 53n + 2n ** 32n - 2n;
    const { rows } = rowsOf(makeBatch(base, Array(4).fill({ value: Buffer.from('v') })));
    expect(rows.map((row) => row.offset)).toEqual([base, base + 1n, base + 2n, base + 3n]);
  });
});

describe('null values', () => {
  it('turn the whole block to the nullable form, also the rows before them', () => {
    const records: TestRecord[] = [
      { value: text(200) },
      { value: Buffer.alloc(0) },
      { value: null },
      { value: Buffer.from('z') },
    ];
    const { rows, buffer } = rowsOf(makeBatch(0n, records));
    expect(buffer.nullable).toBe(true);
    expect(rows.map((row) => row.value)).toEqual([text(200).toString('latin1'), '', null, 'z']);
  });

  it('one that would not fit with the markers of the rows before waits for the next block', () => {
    const records = [{ value: text(10) }, { value: text(10) }, { value: null }];
    const twoRows = 2 * (8 + 1 + 10);
    const { rows, taken, buffer } = rowsOf(makeBatch(0n, records), {
      rowsMax: 10,
      bytesMax: twoRows + 10,
    });
    expect([rows.length, taken.drained, buffer.nullable]).toEqual([2, false, false]);
    const enough = rowsOf(makeBatch(0n, records), { rowsMax: 10, bytesMax: twoRows + 11 });
    expect([enough.rows.length, enough.buffer.used]).toEqual([3, twoRows + 11]);
  });
});

describe('limits', () => {
  const records = Array.from({ length: 10 }, (_, i) => ({ value: Buffer.from(`value-${i}`) }));

  it('a scanner goes on in the next block where the last one was full', () => {
    const scanner = scannerOf(makeBatch(100n, records));
    const seen: bigint[] = [];
    for (let i = 0; i < 4; i++) {
      const rows = new RowBuffer(0);
      transcode(scanner, rows, { rowsMax: 3, bytesMax: 1e9 }, 0, deltaMax);
      seen.push(...readRows({ body: rows.body(), hasNullValue: false }).map((row) => row.offset));
    }
    expect(seen).toEqual(records.map((_, i) => 100n + BigInt(i)));
  });

  it('bytesMax counts the body to the byte', () => {
    const row = 8 + 1 + 'value-0'.length;
    expect(rowsOf(makeBatch(0n, records), { rowsMax: 99, bytesMax: 4 * row }).rows).toHaveLength(4);
    expect(
      rowsOf(makeBatch(0n, records), { rowsMax: 99, bytesMax: 4 * row - 1 }).rows,
    ).toHaveLength(3);
  });

  it('a record larger than bytesMax goes alone', () => {
    const large = [{ value: text(5_000) }, { value: text(1) }];
    expect(rowsOf(makeBatch(0n, large), { rowsMax: 99, bytesMax: 100 }).rows).toHaveLength(1);
  });

  it('records before the position are dropped, and it stops before the end given', () => {
    const rows = new RowBuffer(0);
    const taken = transcode(scannerOf(makeBatch(50n, records)), rows, noLimits, 3, 6);
    expect(taken).toEqual({ rows: 4, offsetDeltaSum: 3 + 4 + 5 + 6, drained: false });
    const offsets = readRows({ body: rows.body(), hasNullValue: false }).map((row) => row.offset);
    expect(offsets).toEqual([53n, 54n, 55n, 56n]);
  });
});

it('bytes that are no records are named, never read past', () => {
  const scanner = new RecordScanner(Buffer.from([200, 1, 0, 0]), 7n, 1);
  expect(() => transcode(scanner, new RowBuffer(0), noLimits, 0, deltaMax)).toThrow(
    CorruptBatchError,
  );
});
