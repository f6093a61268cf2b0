/**
 * What an insert makes of a block: the rows of its layer that the table does not hold yet.
 *
 * This is the SELECT inside the real store's INSERT: decode, keep what belongs to the layer, skip
 * what is there. The planted bugs of a SELECT are here too, each behind its guard.
 */
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import type { HotLayer } from '../../checkers/history/history.ts';
import { readBlock } from './hot-store-block.ts';
import type { HotStoreGuards } from './hot-store-guards.ts';
import { partitionHash, type StoredRow, storedRow, withContent } from './row.ts';
import { decodeText } from './row-decode.ts';
import { plainDecimal } from './row-trade.ts';

const priceAt = 3;
const decimals = 8;

export function rowsToInsert(
  layer: HotLayer,
  block: RecordBlock,
  held: ReadonlySet<number>,
  guards: HotStoreGuards,
): readonly StoredRow[] {
  const { topicId, partition } = block.range;
  const place = partitionHash(topicId, partition);
  const rows: StoredRow[] = [];
  if (layer === 'dead-letters' && guards['dead-letters-kept'] === false) return rows;
  let before: string | null | undefined;
  readBlock(block, (offset, own) => {
    const value = guards['values-in-place'] === false && before !== undefined ? before : own;
    before = own;
    const decoded = decodeText(value);
    if (decoded.isTrade !== (layer === 'bronze') || held.has(offset)) return;
    if (value === null && guards['null-kept'] === false) return;
    const row = storedRow(topicId, partition, place, offset, decoded);
    rows.push(decoded.isTrade && guards['decimals-exact'] === false ? rounded(row) : row);
  });
  return rows;
}

/** The price as a 32-bit float has it. */
function rounded(row: StoredRow): StoredRow {
  const fields = row.row.content.split('|');
  const price = Math.fround(Number(fields[priceAt])).toFixed(decimals);
  fields[priceAt] = plainDecimal(price);
  return withContent(row, fields.join('|'));
}
