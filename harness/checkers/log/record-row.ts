/**
 * One record of the log as the row that every layer should hold.
 *
 * Used where the comparison asks for the rows of a bucket, so it favours plainness: fields as
 * canonical text, and the hash by the BigInt reference instead of the fast arithmetic that made the
 * bucket's sum.
 */
import { decodeTrade } from '../decode/decode-trade.ts';
import {
  type RecordIdentity,
  referenceDeadLetterHash,
  referenceTradeHash,
} from '../digest/reference-digest.ts';
import type { LayerRow } from '../layer.ts';
import { decimalText } from '../stores/decimal-text.ts';

/** Null is a record without a value. */
export function rowOfRecord(identity: RecordIdentity, value: Uint8Array | null): LayerRow {
  const decoded = decodeTrade(value);
  if (decoded.kind === 'dead-letter') {
    return {
      kind: 'dead-letter',
      ...identity,
      hash: referenceDeadLetterHash(identity, value),
      fields: {
        reason: decoded.reason,
        value: value === null ? '' : Buffer.from(value).toString('hex'),
        has_value: String(value !== null),
      },
    };
  }
  return {
    kind: 'trade',
    ...identity,
    hash: referenceTradeHash(identity, decoded),
    fields: {
      exchange: decoded.exchange,
      symbol: decoded.symbol,
      trade_id: decoded.tradeId.toString(),
      price: decimalText(decoded.price),
      quantity: decimalText(decoded.quantity),
      side: decoded.side,
      event_time: decoded.eventTimeUs.toString(),
      trade_time: decoded.tradeTimeUs.toString(),
    },
  };
}
