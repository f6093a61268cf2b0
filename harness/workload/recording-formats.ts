/**
 * The three shapes in which Binance spot trades are recorded, and how a line of each becomes a
 * record.
 *
 * `combined-stream`: `<receive time, ns> {"stream":"btcusdt@trade","data":{...}}`, all streams of a
 * collector mixed; only trades are kept and the value is the exact bytes of `data`. `raw-events`:
 * one trade event a line, bytes verbatim. `dump-csv`:
 * `id,price,qty,quoteQty,time,isBuyerMaker,isBestMatch` as in Binance's public dumps; it has no
 * event bytes, so the event text is written in the field order that Binance sends. A parser returns
 * null for a line that belongs to the recording but is no trade, and an `expected` text for a line
 * that does not belong.
 */

import type { WorkloadRecord } from './workload-record.ts';

export interface Unfit {
  readonly expected: string;
}
export type ParsedLine = WorkloadRecord | Unfit | null;

export interface RecordingFormat {
  readonly name: 'combined-stream' | 'raw-events' | 'dump-csv';
  parse(line: Buffer): ParsedLine;
}

export const isUnfit = (parsed: ParsedLine): parsed is Unfit =>
  parsed !== null && 'expected' in parsed;

const anyFormat =
  'a trade event as JSON, "<ns> {"stream":...}" of a combined stream, or ' +
  'id,price,qty,quoteQty,time,isBuyerMaker,isBestMatch';

/**
 * Decides by the first line that is not empty. `fileName` is the last part of the path: a CSV has
 * its symbol there.
 */
export function detectFormat(firstLine: Buffer, fileName: string): RecordingFormat | Unfit {
  const start = firstLine.toString('latin1', 0, 64);
  if (start.startsWith('{')) return rawEvents();
  if (/^\d{10,20} \{/.test(start)) return combinedStream();
  if (csvHeader.test(start) || csvRow.test(firstLine.toString('latin1'))) {
    const symbol = symbolOfFileName(fileName);
    if (symbol !== null) return dumpCsv(symbol);
    return { expected: 'a file name that names the symbol, like trades-ethbtc-20230320.csv' };
  }
  return { expected: anyFormat };
}

function rawEvents(): RecordingFormat {
  const keys = new KeyCache();
  return { name: 'raw-events', parse: (line) => tradeOf(line, keys) };
}

function combinedStream(): RecordingFormat {
  const keys = new KeyCache();
  const expected = 'a line "<ns> {"stream":"...","data":{...}}"';
  const dataMark = Buffer.from('"data":');
  return {
    name: 'combined-stream',
    parse(line) {
      const start = line.toString('latin1', 0, 160);
      if (!/^\d{10,20} \{/.test(start) || line.at(-1) !== 0x7d) return { expected };
      const stream = /^\d+ \{"stream":"([^"]*)","data":\{/.exec(start)?.[1];
      // Without a stream it is the REST snapshot of the order book that a collector asks for once.
      if (stream === undefined) return /"stream"/.test(start) ? { expected } : null;
      if (!stream.endsWith('@trade')) return null;
      return tradeOf(line.subarray(line.indexOf(dataMark) + dataMark.length, -1), keys);
    },
  };
}

const tradeExpected = 'a trade event {"e":"trade","E":...,"s":...,"t":...} as JSON';

function tradeOf(value: Buffer, keys: KeyCache): ParsedLine {
  const text = value.toString('utf8');
  const event = parseObject(text);
  if (event === null || event.e !== 'trade') return { expected: tradeExpected };
  const { s: symbol, t, E } = event;
  if (typeof symbol !== 'string' || typeof t !== 'number' || typeof E !== 'number') {
    return { expected: tradeExpected };
  }
  const tradeId = Number.isSafeInteger(t) ? BigInt(t) : bigTradeId(text);
  if (tradeId === null) return { expected: 'a trade id t that is an integer' };
  return { key: keys.of(symbol), value: Buffer.from(value), symbol, tradeId, eventTimeMs: E };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** JSON.parse rounds ids from 2^53 on, so those are taken from the text. */
function bigTradeId(text: string): bigint | null {
  const digits = /"t"\s*:\s*(\d{1,19})\s*[,}]/.exec(text)?.[1];
  return digits === undefined ? null : BigInt(digits);
}

const csvHeader = /^id,price,qty,/i;
const decimal = '\\d{1,20}\\.\\d{1,8}';
const csvRow = new RegExp(
  `^(\\d{1,19}),(${decimal}),(${decimal}),\\d{1,30}(?:\\.\\d+)?,` +
    '(\\d{13}),(True|False),(True|False)$',
  'i',
);

function dumpCsv(symbol: string): RecordingFormat {
  const key = Buffer.from(symbol);
  return {
    name: 'dump-csv',
    parse(line) {
      const text = line.toString('latin1');
      if (csvHeader.test(text)) return null;
      const row = csvRow.exec(text);
      if (row === null) return { expected: 'id,price,qty,quoteQty,time,isBuyerMaker,isBestMatch' };
      const [, id, price, quantity, time, maker, bestMatch] = row as unknown as string[];
      const value = Buffer.from(
        `{"e":"trade","E":${time},"s":"${symbol}","t":${id},"p":"${price}","q":"${quantity}",` +
          `"T":${time},"m":${maker!.toLowerCase()},"M":${bestMatch!.toLowerCase()}}`,
      );
      return { key, value, symbol, tradeId: BigInt(id!), eventTimeMs: Number(time) };
    },
  };
}

/**
 * `BTCUSDT-trades-2023-03-20.csv` as Binance names its dumps, or
 * `...-trades-ethbtc-20230320.csv.gz`.
 */
function symbolOfFileName(fileName: string): string | null {
  const parts = fileName.split(/[-_.]/);
  const at = parts.findIndex((part) => part.toLowerCase() === 'trades');
  const isSymbol = (part: string | undefined) =>
    part !== undefined && /^[A-Za-z0-9]{4,20}$/.test(part) && /[A-Za-z]/.test(part);
  const found = [parts[at + 1], parts[at - 1]].find(isSymbol);
  return at < 0 || found === undefined ? null : found.toUpperCase();
}

const symbolsCachedMax = 10_000;

/** One key buffer a symbol, so that a recording does not make one a record. */
class KeyCache {
  readonly #keys = new Map<string, Buffer>();

  of(symbol: string): Buffer {
    let key = this.#keys.get(symbol);
    if (key === undefined) {
      key = Buffer.from(symbol);
      // A recording has some thousand symbols at most; a hostile file must not fill the memory with
      // them.
      if (this.#keys.size < symbolsCachedMax) this.#keys.set(symbol, key);
    }
    return key;
  }
}
