/**
 * Hashes the rows of a Parquet row group column by column (docs/reference/digest.md).
 *
 * Every column adds its terms to 64-bit registers that stand beside the rows, and is let go; then
 * every register is mixed. No bigint is made on this path, which is what makes a proof in
 * TypeScript bearable at millions of rows.
 */
import { halves, type KeyName } from '../digest/keys.ts';
import { mix } from '../digest/mix.ts';
import { Word64 } from '../digest/word64.ts';
import { xxHash64Into } from '../digest/xxhash64.ts';
import type { LakeColumn } from './lake-state.ts';
import type { ParquetColumn, ParquetFile } from './parquet-columns.ts';

/** Which keys a column's words enter with: one for 64 bits, two for the halves of a decimal. */
const columnKeys: Readonly<Record<string, readonly [KeyName, KeyName?]>> = {
  topic_id: ['topicId'],
  partition: ['partition'],
  offset: ['offset'],
  exchange: ['exchange'],
  symbol: ['symbol'],
  trade_id: ['tradeId'],
  price: ['priceLow', 'priceHigh'],
  quantity: ['quantityLow', 'quantityHigh'],
  side: ['side'],
  event_time: ['eventTime'],
  trade_time: ['tradeTime'],
};

export interface HashedRows {
  readonly topicIds: readonly Uint8Array[];
  readonly partitions: Int32Array;
  readonly offsets: Int32Array;
  /** Row hashes, two int32 a row: high, low. */
  readonly hashes: Int32Array;
}

/** `onColumn` sees each column before it is let go. Fails when an identity column is missing. */
export async function hashRowGroup(
  file: ParquetFile,
  group: { rowStart: number; rows: number },
  columns: readonly LakeColumn[],
  onColumn: (column: LakeColumn, values: ParquetColumn) => void,
): Promise<HashedRows> {
  const hashes = new Int32Array(2 * group.rows);
  const kept = new Map<string, ParquetColumn>();
  for (const column of columns) {
    const keys = columnKeys[column.name];
    if (keys === undefined) continue;
    const values = await file.column(column.name, group.rowStart, group.rows);
    addTerms(hashes, values, keys);
    onColumn(column, values);
    if (['topic_id', 'partition', 'offset'].includes(column.name)) kept.set(column.name, values);
  }
  const register = new Word64();
  for (let i = 0; i < hashes.length; i += 2) {
    register.set(hashes[i]!, hashes[i + 1]!);
    mix(register);
    hashes[i] = register.high;
    hashes[i + 1] = register.low;
  }
  return {
    topicIds: bytesOf(kept.get('topic_id')),
    partitions: wordsOf(kept.get('partition')),
    offsets: wordsOf(kept.get('offset')),
    hashes,
  };
}

function addTerms(
  hashes: Int32Array,
  column: ParquetColumn,
  [lowKey, highKey]: readonly [KeyName, KeyName?],
): void {
  if (column.kind === 'bytes') {
    addTextTerms(hashes, column.values, lowKey);
  } else {
    addWordTerms(hashes, column.words, 2, lowKey);
    if (highKey !== undefined) addWordTerms(hashes, column.words, 0, highKey);
  }
}

/** Adds K * x for the 64-bit word at `part` (0: upper, 2: lower) of every row's 128 bits. */
function addWordTerms(hashes: Int32Array, words: Int32Array, part: 0 | 2, key: KeyName): void {
  const [keyHigh, keyLow] = halves(key);
  const register = new Word64();
  for (let i = 0, w = part; i < hashes.length; i += 2, w += 4) {
    register.set(hashes[i]!, hashes[i + 1]!);
    register.addProduct(words[w]!, words[w + 1]!, keyHigh, keyLow);
    hashes[i] = register.high;
    hashes[i + 1] = register.low;
  }
}

function addTextTerms(hashes: Int32Array, values: readonly Uint8Array[], key: KeyName): void {
  const [keyHigh, keyLow] = halves(key);
  const register = new Word64();
  const term = new Word64();
  let last: Uint8Array | null = null;
  for (const [row, value] of values.entries()) {
    if (value !== last) {
      last = value;
      xxHash64Into(value, 0, value.length, register);
      term.set(0, 0);
      term.addProduct(register.high, register.low, keyHigh, keyLow);
    }
    register.set(hashes[2 * row]!, hashes[2 * row + 1]!);
    register.add(term.high, term.low);
    hashes[2 * row] = register.high;
    hashes[2 * row + 1] = register.low;
  }
}

function bytesOf(column: ParquetColumn | undefined): readonly Uint8Array[] {
  if (column?.kind !== 'bytes') throw new Error('topic_id is not a text column');
  return column.values;
}

function wordsOf(column: ParquetColumn | undefined): Int32Array {
  if (column?.kind !== 'integers') throw new Error('partition and offset must be integers');
  return column.words;
}
