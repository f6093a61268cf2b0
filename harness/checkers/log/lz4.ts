/**
 * Decompresses LZ4 frames, as Kafka uses them for record batches.
 *
 * A frame is a header, blocks with a length each, and an end mark; a block is a sequence of
 * literals and back references. Blocks may refer to earlier blocks of the frame, which comes for
 * free because all of them land in one buffer. Checksums of blocks and content are passed over: the
 * batch's CRC-32C covers the same bytes. Every length is checked against the input and the output,
 * so a corrupt batch is named and never read past.
 */
import { copyBack, copyRun, type GrowingBytes } from './growing-bytes.ts';
import { LogReadError } from './log-error.ts';

const frameMagic = 0x184d2204;
const minMatch = 4;
const blockSizes: Readonly<Record<number, number>> = {
  4: 64 * 1024,
  5: 256 * 1024,
  6: 1024 * 1024,
  7: 4 * 1024 * 1024,
};
const uncompressedBit = 0x8000_0000;

function corrupt(what: string): LogReadError {
  return new LogReadError('CORRUPT_BATCH', `LZ4: ${what}`);
}

/** Appends the content of the frame in source[start, end) to `out`. Throws CORRUPT_BATCH. */
export function decompressLz4Frame(
  source: Uint8Array,
  start: number,
  end: number,
  out: GrowingBytes,
): void {
  const view = new DataView(source.buffer, source.byteOffset, end);
  if (start + 7 > end || view.getUint32(start, true) !== frameMagic) throw corrupt('no frame');
  const flags = source[start + 4]!;
  const blockBytesMax = blockSizes[(source[start + 5]! >>> 4) & 7];
  if (flags >>> 6 !== 1 || blockBytesMax === undefined) throw corrupt('unknown frame version');
  let at = start + 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0);
  while (at + 4 <= end) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) return;
    const length = word & ~uncompressedBit;
    if (at + length > end || length > blockBytesMax) throw corrupt('a block is cut');
    if (word & uncompressedBit) out.append(source, at, at + length);
    else decompressBlock(source, at, at + length, out, blockBytesMax);
    at += length + (flags & 0x10 ? 4 : 0);
  }
  throw corrupt('the end mark is missing');
}

/** Where the last length ended. A module variable because a call never waits. */
let lengthEnd = 0;

/** Length that continues in bytes of 255 behind a nibble of 15. */
function longLength(source: Uint8Array, at: number, end: number): number {
  let length = 15;
  for (let next = at; next < end; next += 1) {
    const byte = source[next]!;
    length += byte;
    if (byte !== 255) {
      lengthEnd = next + 1;
      return length;
    }
  }
  throw corrupt('a length is cut');
}

function decompressBlock(
  source: Uint8Array,
  start: number,
  end: number,
  out: GrowingBytes,
  blockBytesMax: number,
): void {
  out.reserve(blockBytesMax);
  const target = out.bytes;
  const toMax = out.length + blockBytesMax;
  let to = out.length;
  let at = start;
  while (at < end) {
    const token = source[at]!;
    at += 1;
    let literals = token >>> 4;
    if (literals === 15) {
      literals = longLength(source, at, end);
      at = lengthEnd;
    }
    if (at + literals > end || to + literals > toMax) throw corrupt('literals leave the block');
    copyRun(source, at, target, to, literals);
    at += literals;
    to += literals;
    if (at === end) break;
    if (at + 2 > end) throw corrupt('a distance is cut');
    const distance = source[at]! | (source[at + 1]! << 8);
    at += 2;
    let count = token & 15;
    if (count === 15) {
      count = longLength(source, at, end);
      at = lengthEnd;
    }
    count += minMatch;
    if (distance === 0 || distance > to || to + count > toMax)
      throw corrupt('a match leaves the block');
    copyBack(target, to, distance, count);
    to += count;
  }
  out.length = to;
}
