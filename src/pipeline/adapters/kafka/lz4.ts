/**
 * LZ4 frames, unpacked into a buffer that is used again.
 *
 * The library's WebAssembly decoder copies its input in, its output out and allocates for each
 * batch; unpacking was the largest cost of the whole read path. This decoder takes less than half
 * the time because it writes 8-byte words straight to where the transcoder reads them. It follows
 * the LZ4 frame format (linked and independent blocks, optional sizes and checksums). The frame's
 * own checksums are skipped: a batch's CRC32C covers every byte of the frame and is proved before.
 * Copies may write up to 7 bytes past their end, into room that the next copy overwrites.
 */
import { CorruptBatchError } from './record-batch.ts';
import { viewOf } from './row-buffer.ts';

const magic = 0x184d2204;
const wordBytes = 8;
const slackBytes = 2 * wordBytes;
const matchBytesMin = 4;
const lengthContinues = 255;
const storedPlain = 0x8000_0000;
/**
 * Most a block may unpack to, by the three bits of the frame's descriptor; the first four values
 * are not used.
 */
const blockBytesMax = [0, 0, 0, 0, 1 << 16, 1 << 18, 1 << 20, 1 << 22];
const flag = { version: 0b1100_0000, blockChecksum: 16, contentSize: 8, dictionary: 1 } as const;
const versionOne = 0b0100_0000;

export class Lz4Decoder {
  #out = Buffer.alloc(0);
  #view = viewOf(this.#out);
  #used = 0;

  /** The content of one frame; valid until the next call. Throws CorruptBatchError. */
  decode(frame: Buffer): Buffer {
    try {
      return this.#decodeFrame(frame);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new CorruptBatchError('LZ4 data ends too early or points outside', { cause: error });
    }
  }

  #decodeFrame(frame: Buffer): Buffer {
    const flags = frame.readUInt8(4);
    if (frame.readUInt32LE(0) !== magic || (flags & flag.version) !== versionOne) {
      throw new CorruptBatchError('no LZ4 frame of version 1');
    }
    if (flags & flag.dictionary) throw new CorruptBatchError('LZ4 frame with a dictionary');
    const blockMax = blockBytesMax[(frame.readUInt8(5) >>> 4) & 7]!;
    const view = viewOf(frame);
    this.#used = 0;
    let at = 6 + (flags & flag.contentSize ? 8 : 0) + 1;
    for (;;) {
      const size = frame.readUInt32LE(at);
      at += 4;
      if (size === 0) return this.#out.subarray(0, this.#used);
      const end = at + (size >= storedPlain ? size - storedPlain : size);
      if (end > frame.length) throw new RangeError('block ends outside of the frame');
      this.#reserve(Math.max(blockMax, size >= storedPlain ? end - at : 0));
      if (size >= storedPlain) this.#used += frame.copy(this.#out, this.#used, at, end);
      else this.#used = decodeBlock(frame, view, at, end, this.#out, this.#view, this.#used);
      at = end + (flags & flag.blockChecksum ? 4 : 0);
    }
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes + slackBytes;
    if (needed <= this.#out.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#out.length * 2));
    this.#out.copy(grown, 0, 0, this.#used);
    this.#out = grown;
    this.#view = viewOf(grown);
  }
}

/**
 * Unpacks one block behind `to` bytes of output and returns the new end. Throws RangeError on bytes
 * that are no block.
 */
function decodeBlock(
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
  out: Buffer,
  view: DataView,
  to: number,
): number {
  const wordEnd = source.length - wordBytes;
  let at = start;
  let o = to;
  while (at < end) {
    const token = source[at++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      let more = lengthContinues;
      while (more === lengthContinues) literals += more = source[at++]!;
    }
    const literalsEnd = at + literals;
    if (literalsEnd <= wordEnd) {
      for (let i = 0; i < literals; i += wordBytes) {
        view.setBigInt64(o + i, sourceView.getBigInt64(at + i, true), true);
      }
    } else {
      if (literalsEnd > end) break;
      for (let i = 0; i < literals; i++) out[o + i] = source[at + i]!;
    }
    at = literalsEnd;
    o += literals;
    if (at === end) return o;
    const distance = source[at]! | (source[at + 1]! << 8);
    at += 2;
    if (distance === 0 || distance > o) break;
    let match = token & 15;
    if (match === 15) {
      let more = lengthContinues;
      while (more === lengthContinues) match += more = source[at++]!;
    }
    match += matchBytesMin;
    copyMatch(out, view, o, distance, match);
    o += match;
  }
  throw new RangeError('LZ4 block is malformed');
}

/**
 * Repeats `length` bytes from `distance` back; source and target may overlap, that is how runs are
 * coded.
 */
function copyMatch(
  out: Buffer,
  view: DataView,
  to: number,
  distance: number,
  length: number,
): void {
  const from = to - distance;
  if (distance >= wordBytes) {
    for (let i = 0; i < length; i += wordBytes) {
      view.setBigInt64(to + i, view.getBigInt64(from + i, true), true);
    }
  } else {
    if (to + length > out.length) throw new RangeError('match ends outside');
    for (let i = 0; i < length; i++) out[to + i] = out[from + i]!;
  }
}
