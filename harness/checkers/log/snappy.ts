/**
 * Decompresses Snappy as Kafka producers write it: one raw block, or the framing of the Java
 * library (`xerial`), which is a header and raw blocks with a length of four bytes each.
 *
 * A raw block begins with its decompressed length; then come literals and copies. Every length is
 * checked, so a corrupt batch is named and never read past.
 */
import { copyBack, copyRun, type GrowingBytes } from './growing-bytes.ts';
import { LogReadError } from './log-error.ts';

const xerialMagic = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00);
const xerialHeaderBytes = 16;
const lengthBytesMax = 5;

function corrupt(what: string): LogReadError {
  return new LogReadError('CORRUPT_BATCH', `Snappy: ${what}`);
}

/** Appends the content of source[start, end) to `out`. Throws CORRUPT_BATCH. */
export function decompressSnappy(
  source: Uint8Array,
  start: number,
  end: number,
  out: GrowingBytes,
): void {
  if (!xerialMagic.every((byte, i) => source[start + i] === byte)) {
    decompressBlock(source, start, end, out);
    return;
  }
  const view = new DataView(source.buffer, source.byteOffset, end);
  let at = start + xerialHeaderBytes;
  while (at < end) {
    if (at + 4 > end) throw corrupt('the length of a block is cut');
    const length = view.getUint32(at);
    at += 4;
    if (at + length > end) throw corrupt('a block is cut');
    decompressBlock(source, at, at + length, out);
    at += length;
  }
}

function littleEndian(source: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i -= 1) value = value * 256 + source[at + i]!;
  return value;
}

function decompressBlock(source: Uint8Array, start: number, end: number, out: GrowingBytes): void {
  let at = start;
  let size = 0;
  for (let i = 0; ; i += 1) {
    if (at >= end || i >= lengthBytesMax) throw corrupt('the length is cut');
    const byte = source[at]!;
    at += 1;
    size += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) break;
  }
  out.reserve(size);
  const target = out.bytes;
  const base = out.length;
  const toEnd = base + size;
  let to = base;
  while (at < end) {
    const tag = source[at]!;
    at += 1;
    const kind = tag & 3;
    if (kind === 0) {
      let count = (tag >>> 2) + 1;
      if (count > 60) {
        const extra = count - 60;
        if (at + extra > end) throw corrupt('a literal is cut');
        count = littleEndian(source, at, extra) + 1;
        at += extra;
      }
      if (at + count > end || to + count > toEnd) throw corrupt('a literal leaves the block');
      copyRun(source, at, target, to, count);
      at += count;
      to += count;
      continue;
    }
    const width = kind === 3 ? 4 : kind;
    if (at + width > end) throw corrupt('a copy is cut');
    const high = kind === 1 ? (tag >>> 5) * 256 : 0;
    const distance = high + littleEndian(source, at, width);
    const count = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    at += width;
    if (distance === 0 || distance > to - base || to + count > toEnd) {
      throw corrupt('a copy leaves the block');
    }
    copyBack(target, to, distance, count);
    to += count;
  }
  if (to !== toEnd) throw corrupt(`${to - base} of ${size} bytes`);
  out.length = to;
}
