import {
  compressionsAlgorithms,
  createRecordsBatch,
  Reader,
  readRecordsBatch,
} from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { generateTrades } from './generate-trades.ts';
import { encodeRecordBatch } from './record-batch.ts';

const head = {
  timestampMs: 1_723_161_255_343n,
  producerId: 4711n,
  producerEpoch: 3,
  firstSequence: 2_147_000_000,
} as const;

function content(records: number) {
  const all = [...generateTrades({ seed: 1, records, malformed: 0.1 })];
  return { keys: all.map(({ key }) => key), values: all.map(({ value }) => value) };
}

describe('a record batch', () => {
  test('has the bytes that the library would have written', () => {
    const { keys, values } = content(3000);
    // The library's own encoder knows no tombstone in its type.
    const messages = keys.map((key, i) => ({
      topic: 't',
      partition: 0,
      key,
      value: values[i] as Buffer,
      headers: new Map<Buffer, Buffer>(),
      timestamp: head.timestampMs,
    }));
    const { firstSequence: _, timestampMs: __, ...producer } = head;
    const theirs = createRecordsBatch(messages, producer).buffer;
    const ours = encodeRecordBatch(
      { keys, values },
      { ...head, firstSequence: 0, compression: 'none' },
    );
    expect(ours.equals(theirs)).toBe(true);
  });

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    '%s: is read back record by record',
    (compression) => {
      const { keys, values } = content(500);
      const bytes = encodeRecordBatch({ keys, values }, { ...head, compression });
      const batch = readRecordsBatch(Reader.from(bytes));
      expect(batch).toMatchObject({
        producerId: 4711n,
        producerEpoch: 3,
        firstSequence: 2_147_000_000,
        lastOffsetDelta: 499,
        firstTimestamp: head.timestampMs,
        maxTimestamp: head.timestampMs,
        attributes: compressionsAlgorithms[compression].bitmask,
      });
      expect(batch.records.map(({ offsetDelta }) => offsetDelta)).toEqual([...Array(500).keys()]);
      const differing = batch.records.filter(({ key, value }, i) => {
        return !keys[i]!.equals(key!) || Buffer.compare(value ?? none, values[i] ?? none) !== 0;
      });
      expect(differing).toHaveLength(0);
    },
  );
});

const none = Buffer.from('no value');
