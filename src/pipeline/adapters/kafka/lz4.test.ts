/**
 * Our LZ4 decoder against the library's encoder, against frames written by hand, and against
 * damage.
 */
import { compressionsAlgorithms } from '@platformatic/kafka';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lz4Decoder } from './lz4.ts';
import { CorruptBatchError } from './record-batch.ts';

const seed = 20_240_808;
const pack = (bytes: Buffer) => compressionsAlgorithms.lz4.compressSync(bytes);
const size = (bytes: number) => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(bytes);
  return buffer;
};
const end = size(0);
const head = (flags: number, rest: Buffer = Buffer.alloc(0)) =>
  Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, 0x40]), rest, Buffer.from([0])]);
const block = (...bytes: number[]) => Buffer.concat([size(bytes.length), Buffer.from(bytes)]);
const plain = (text: string) => Buffer.concat([size(0x8000_0000 + text.length), Buffer.from(text)]);

describe('what the encoder packed', () => {
  it(`comes back, runs and noise of any length (seed ${seed})`, () => {
    const decoder = new Lz4Decoder();
    const run = fc.tuple(
      fc.uint8Array({ minLength: 1, maxLength: 24 }),
      fc.integer({ min: 1, max: 60 }),
    );
    const content = fc
      .array(run, { maxLength: 40 })
      .map((runs) => Buffer.concat(runs.flatMap(([bytes, n]) => Array<Uint8Array>(n).fill(bytes))));
    fc.assert(
      fc.property(content, (bytes) => decoder.decode(pack(bytes)).equals(bytes)),
      { seed, numRuns: 400 },
    );
  });

  it('comes back when it is larger than any buffer before', () => {
    const decoder = new Lz4Decoder();
    for (const length of [10, 100_000, 9_000_000, 50]) {
      const bytes = Buffer.from(Array.from({ length: 997 }, (_, i) => (i * i) % 251));
      const content = Buffer.alloc(length, bytes);
      expect(decoder.decode(pack(content)).equals(content)).toBe(true);
    }
  });
});

describe('the frame format', () => {
  const decode = (...parts: Buffer[]) => new Lz4Decoder().decode(Buffer.concat(parts)).toString();

  it('independent blocks, a stored block, and an empty frame', () => {
    // "a", six more from one back, five literals
    const aaa = block(0x12, 0x61, 1, 0, 0x50, 1, 2, 3, 4, 5);
    expect(decode(head(0x60), aaa, plain('xyz'), end)).toBe(
      'aaaaaaa\u0001\u0002\u0003\u0004\u0005xyz',
    );
    expect(decode(head(0x60), end)).toBe('');
  });

  it('a block that refers to the one before it', () => {
    const back = block(0x00, 8, 0, 0x10, 0x21); // four bytes from eight back, then "!"
    expect(decode(head(0x40), plain('abcdefgh'), back, end)).toBe('abcdefghabcd!');
  });

  it('content size, block and content checksums are stepped over', () => {
    const checksum = Buffer.alloc(4, 9);
    const content = head(0x40 | 8 | 16 | 4, Buffer.alloc(8));
    expect(decode(content, plain('one'), checksum, plain('two'), checksum, end, checksum)).toBe(
      'onetwo',
    );
  });
});

describe('damage', () => {
  it('is an error of its own kind wherever the frame is cut', () => {
    const frame = pack(Buffer.from('{"price":"1.5","quantity":"1.5","price":"1.5"}'.repeat(30)));
    const endMark = 4;
    for (let cut = 0; cut <= frame.length - endMark; cut++) {
      const decoder = new Lz4Decoder();
      expect(() => decoder.decode(Buffer.from(frame.subarray(0, cut)))).toThrow(CorruptBatchError);
    }
  });

  it(`never hangs and never throws anything else, whatever byte is changed (seed ${seed})`, () => {
    const frame = pack(
      Buffer.from('{"price":"1.5","quantity":"2.25","x":"aaaaaaaaaaaaaaaa"}'.repeat(9)),
    );
    const changes = fc.tuple(fc.nat(frame.length - 1), fc.nat(255));
    const outcome = ([at, byte]: [number, number]) => {
      const mangled = Buffer.from(frame);
      mangled[at] = byte;
      try {
        new Lz4Decoder().decode(mangled);
        return true;
      } catch (error) {
        return error instanceof CorruptBatchError;
      }
    };
    fc.assert(fc.property(changes, outcome), { seed, numRuns: 2_000 });
  });

  it('a dictionary, another version or no frame at all is named', () => {
    const decoder = new Lz4Decoder();
    expect(() => decoder.decode(Buffer.concat([head(0x61), end]))).toThrow(/dictionary/);
    expect(() => decoder.decode(Buffer.concat([head(0x20), end]))).toThrow(/version 1/);
    expect(() => decoder.decode(Buffer.from('no frame at all'))).toThrow(/no LZ4 frame/);
  });
});
