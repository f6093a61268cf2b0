/** A block of records as the hot store takes it: RowBinary, offsets from 0 on. */
import type { RecordBlock } from '../../src/pipeline/model/record-block.ts';

const offsetBytes = 8;

export function blockOf(topicId: string, values: readonly Uint8Array[]): RecordBlock {
  const chunks = values.map((value, offset) => {
    const head = Buffer.alloc(offsetBytes);
    head.writeBigInt64LE(BigInt(offset));
    const length: number[] = [];
    for (let rest = value.length; ; rest >>= 7) {
      length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
      if (rest <= 0x7f) break;
    }
    return Buffer.concat([head, Buffer.from(length), value]);
  });
  const offsetLast = BigInt(values.length - 1);
  return {
    range: { topicId, partition: 0, offsetFirst: 0n, offsetLast },
    rows: values.length,
    offsetSum: values.reduce((sum, _, offset) => sum + BigInt(offset), 0n),
    hasNullValue: false,
    body: Buffer.concat(chunks),
  };
}
