/** CRC-32C and the codecs decoded in TypeScript, on vectors written out by hand. */
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { decompressedBytesMax, GrowingBytes } from './growing-bytes.ts';
import { decompressLz4Frame } from './lz4.ts';
import { decompressSnappy } from './snappy.ts';

const ascii = (text: string) => [...Buffer.from(text, 'latin1')];
type Codec = typeof decompressSnappy;

function run(codec: Codec, bytes: readonly number[]): string {
  const out = new GrowingBytes();
  // The input stands inside a larger buffer, as batches do.
  codec(Uint8Array.from([0xaa, ...bytes, 0xaa]), 1, bytes.length + 1, out);
  return Buffer.from(out.bytes.subarray(0, out.length)).toString('latin1');
}

it('CRC-32C has its published check value, at every alignment', () => {
  const digits = ascii('123456789');
  for (let padding = 0; padding < 9; padding += 1) {
    const bytes = Uint8Array.from([...new Array<number>(padding).fill(7), ...digits, 7]);
    expect(crc32c(bytes, padding, padding + 9) >>> 0).toBe(0xe3069283);
  }
  expect(crc32c(new Uint8Array(32), 0, 32) >>> 0).toBe(0x8a9136aa);
});

describe('Snappy', () => {
  it('raw: literals, copies of each width, a copy that overlaps itself', () => {
    const block = [
      20,
      (3 - 1) << 2,
      ...ascii('abc'),
      ((5 - 4) << 2) | 1,
      3,
      ((12 - 1) << 2) | 2,
      8,
      0,
    ];
    expect(run(decompressSnappy, block)).toBe('abcabcababcabcababca');
    expect(run(decompressSnappy, [4, 0, ...ascii('x'), ((3 - 1) << 2) | 3, 1, 0, 0, 0])).toBe(
      'xxxx',
    );
  });

  it('in the framing of the Java library, several blocks', () => {
    const header = [0x82, ...ascii('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1];
    const block = (text: string) => [
      0,
      0,
      0,
      text.length + 2,
      text.length,
      (text.length - 1) << 2,
      ...ascii(text),
    ];
    expect(run(decompressSnappy, [...header, ...block('one'), ...block('two')])).toBe('onetwo');
  });

  it.each([
    ['a copy from before the block', [4, 0, 120, ((3 - 1) << 2) | 2, 2, 0]],
    ['a literal that is cut', [9, (9 - 1) << 2, 120]],
    ['a length that does not fit', [3, 0, 120]],
    ['an endless length', [255, 255, 255, 255, 255, 255]],
    ['nothing', []],
    ['an absurd size', [0xff, 0xff, 0xff, 0xff, 0x0f, 0, 120]],
  ])('names %s', (_name, bytes) => {
    expect(() => run(decompressSnappy, bytes)).toThrow(/CORRUPT_BATCH/);
  });
});

describe('LZ4', () => {
  const header = [0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0];
  const block = (bytes: readonly number[]) => [bytes.length, 0, 0, 0, ...bytes];
  const plain = (text: string) => [text.length, 0, 0, 0x80, ...ascii(text)];
  const end = [0, 0, 0, 0];

  it('plain and compressed blocks, long lengths, references to an earlier block', () => {
    const first = block([0x30 | 15, ...ascii('abc'), 3, 0, 1, 0x10, ...ascii('!')]);
    const second = block([0x04, 24, 0, 0x10, ...ascii('.')]);
    expect(run(decompressLz4Frame, [...header, ...first, ...plain('XY'), ...second, ...end])).toBe(
      `${'abc'.repeat(8).slice(0, 23)}!XYcabcabca.`,
    );
  });

  it.each([
    ['no frame', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['a missing end mark', [...header, ...plain('abc')]],
    ['a block that is cut', [...header, 9, 0, 0, 0, 1]],
    ['a reference to before the frame', [...header, ...block([0x10, 120, 9, 0]), ...end]],
    ['a distance of zero', [...header, ...block([0x10, 120, 0, 0]), ...end]],
    ['literals that leave the block', [...header, ...block([0xf0, 200, 1, 2]), ...end]],
    ['a length without an end', [...header, ...block([0xf0, 255, 255]), ...end]],
  ])('names %s', (_name, bytes) => {
    expect(() => run(decompressLz4Frame, bytes)).toThrow(/CORRUPT_BATCH/);
  });
});

it('output beyond the maximum is refused before it is made', () => {
  const out = new GrowingBytes();
  out.append(Uint8Array.of(1, 2, 3), 0, 3);
  expect(() => out.reserve(decompressedBytesMax)).toThrow(/CORRUPT_BATCH/);
  out.reserve(2_000_000);
  expect([...out.bytes.subarray(0, out.length)]).toEqual([1, 2, 3]);
});
