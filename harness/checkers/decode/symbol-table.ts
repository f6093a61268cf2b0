/**
 * Symbols seen so far, found by their bytes without making a string.
 *
 * A topic carries few symbols and many trades, so the text of a symbol and its hash are made once.
 * Entries sit in an open table of fixed size; when it is three quarters full it starts anew, which
 * costs time and nothing else, because an entry is complete in itself and stays valid for whoever
 * holds it.
 */
import type { Word64 } from '../digest/word64.ts';
import { xxHash64Text } from '../digest/xxhash64.ts';

export interface SymbolEntry {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** xxHash64 of the bytes. */
  readonly hash: Word64;
}

/** A power of two. */
const slotCount = 16_384;
const entriesMax = (slotCount / 4) * 3;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export class SymbolTable {
  #slots: Array<SymbolEntry | undefined> = new Array(slotCount).fill(undefined);
  #entries = 0;

  /** The entry of the symbol that stands in bytes[start, end); they must be valid UTF-8. */
  find(bytes: Uint8Array, start: number, end: number): SymbolEntry {
    let probe = 0;
    for (let at = start; at < end; at += 1) probe = (Math.imul(probe, 31) + bytes[at]!) | 0;
    probe = (probe ^ (probe >>> 15)) & (slotCount - 1);
    for (let tries = 0; tries < slotCount; tries += 1) {
      const entry = this.#slots[probe];
      if (entry === undefined) break;
      if (sameBytes(entry.bytes, bytes, start, end)) return entry;
      probe = (probe + 1) & (slotCount - 1);
    }
    return this.#insert(probe, new Uint8Array(bytes.subarray(start, end)));
  }

  findText(text: string): SymbolEntry {
    const bytes = encoder.encode(text);
    return this.find(bytes, 0, bytes.length);
  }

  #insert(slot: number, bytes: Uint8Array): SymbolEntry {
    const text = utf8.decode(bytes);
    const entry = { text, bytes, hash: xxHash64Text(text) };
    if (this.#entries >= entriesMax) {
      this.#slots = new Array(slotCount).fill(undefined);
      this.#entries = 0;
    }
    this.#slots[slot] = entry;
    this.#entries += 1;
    return entry;
  }
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i += 1) {
    if (known[i] !== bytes[start + i]) return false;
  }
  return true;
}
