/**
 * Blocks of records for the suites: from offsets and values to the bytes that a hot store takes.
 */
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import { type TradeFields, tradeValue } from '../stores/row-trade.ts';

export type Value = Uint8Array | string | null;

export interface BlockOptions {
  readonly topicId: string;
  readonly partition?: number;
  readonly offsetFirst?: bigint;
  readonly offsetLast?: bigint;
}

/** Records as the log would return them; the range reaches from the first to the last by default. */
export function blockOf(
  records: ReadonlyArray<readonly [offset: bigint, value: Value]>,
  options: BlockOptions,
): RecordBlock {
  const offsetFirst = options.offsetFirst ?? records[0]?.[0] ?? 0n;
  const offsetLast = options.offsetLast ?? records.at(-1)?.[0] ?? offsetFirst;
  const { topicId, partition = 0 } = options;
  const hasNullValue = records.some(([, value]) => value === null);
  const parts = records.flatMap(([offset, value]) => {
    const head = Buffer.alloc(8);
    head.writeBigInt64LE(offset);
    if (value === null) return [head, Buffer.from([1])];
    const bytes = Buffer.from(value as Uint8Array);
    return [head, Buffer.from(hasNullValue ? [0] : []), lengthOf(bytes), bytes];
  });
  return {
    range: { topicId, partition, offsetFirst, offsetLast },
    rows: records.length,
    offsetSum: records.reduce((sum, [offset]) => sum + offset - offsetFirst, 0n),
    hasNullValue,
    body: Buffer.concat(parts),
  };
}

/** Unsigned LEB128. */
function lengthOf(bytes: Uint8Array): Uint8Array {
  const digits: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) digits.push((rest % 0x80) | 0x80);
  return Uint8Array.from([...digits, rest]);
}

/** A trade that is told from any other by its id. */
export function trade(tradeId: number, fields: Partial<TradeFields> = {}): Uint8Array {
  const plain = {
    symbol: 'BTCUSDT',
    price: '61837.63',
    quantity: '0.02',
    timeMs: 1_723_161_255_342,
  };
  return tradeValue({ ...plain, tradeId, ...fields });
}

/** One trade for each offset. */
export function trades(offsetFirst: bigint, count: number): Array<readonly [bigint, Uint8Array]> {
  return Array.from({ length: count }, (_, i) => {
    const offset = offsetFirst + BigInt(i);
    return [offset, trade(Number(offset % 1_000_000n))] as const;
  });
}
