/**
 * The decoder of the checkers: bytes of a record's value in, trade or dead letter out.
 *
 * It implements docs/reference/binance-trade.md on its own, apart from the SQL of the pipeline. The
 * class keeps the state that makes it fast (known symbols, one buffer of fields); `decodeTrade` is
 * the same as a plain function.
 */
import { scanCanonicalTrade } from './canonical-scan.ts';
import type { DeadLetter, DecodedTrade } from './decoded-trade.ts';
import { decodeStrictly } from './strict-decode.ts';
import { SymbolTable } from './symbol-table.ts';
import { TradeFields } from './trade-fields.ts';

export class TradeDecoder {
  /** The fields of the last trade; overwritten by the next call of `decodeInto`. */
  readonly fields = new TradeFields();
  readonly #symbols = new SymbolTable();

  /**
   * Decodes bytes[start, end) into `fields`. Gives null for a trade, else the reason of the dead
   * letter.
   */
  decodeInto(bytes: Uint8Array, start: number, end: number): string | null {
    if (scanCanonicalTrade(bytes, start, end, this.#symbols, this.fields)) return null;
    const decoded = decodeStrictly(bytes.subarray(start, end));
    if (decoded.kind === 'dead-letter') return decoded.reason;
    this.fields.setTrade(decoded, this.#symbols.findText(decoded.symbol));
    return null;
  }

  decode(value: Uint8Array | null): DecodedTrade | DeadLetter {
    if (value === null) return { kind: 'dead-letter', reason: 'null-value' };
    const reason = this.decodeInto(value, 0, value.length);
    return reason === null ? this.fields.toTrade() : { kind: 'dead-letter', reason };
  }
}

const shared = new TradeDecoder();

/** Decodes one value; null is a record without a value. Never throws. */
export function decodeTrade(value: Uint8Array | null): DecodedTrade | DeadLetter {
  return shared.decode(value);
}
