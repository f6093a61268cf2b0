import { expect, test } from 'vitest';
import type { BucketDigest } from '../layer.ts';
import { FindingLog } from './finding-log.ts';
import {
  compareProducer,
  type LoggedRecords,
  type LogRecordHash,
  type ProducedRecords,
} from './producer-check.ts';

const topicId = '7d0b0c1e-8f6a-4d1f-9a55-3f1f6f2f1c01';

/** A record whose value hash is `value`. */
const record = (offset: number, value = offset + 100): LogRecordHash => ({
  offset: BigInt(offset),
  valueHash: BigInt(value),
  hash: BigInt(value * 1_000 + offset),
});

function bucketsOf(records: readonly LogRecordHash[]): readonly BucketDigest[] {
  if (records.length === 0) return [];
  const offsets = records.map((r) => r.offset);
  const sum = records.reduce((total, r) => total + r.hash, 0n);
  const ends = { offsetFirst: offsets[0]!, offsetLast: offsets.at(-1)! };
  return [{ topicId, partition: 0, bucket: 0n, rows: BigInt(records.length), sum, ...ends }];
}

const within = (records: readonly LogRecordHash[], first: bigint, last: bigint) =>
  records.filter((r) => first <= r.offset && r.offset <= last);

async function compare(
  acknowledged: readonly LogRecordHash[],
  inLog: readonly LogRecordHash[],
  { unknown = [], start = 0n }: { unknown?: readonly bigint[]; start?: bigint } = {},
) {
  const produced: ProducedRecords = {
    topicId,
    buckets: () => bucketsOf(acknowledged),
    recordHashes: async (_partition, first, last) => within(acknowledged, first, last),
    unknownHashes: async () => new Set(unknown),
  };
  const logged: LoggedRecords = {
    buckets: async () => bucketsOf(inLog),
    offsetStart: async () => start,
    recordHashes: async (_partition, first, last) => within(inLog, first, last),
  };
  const findings = new FindingLog();
  const result = await compareProducer(produced, logged, findings);
  return {
    result,
    found: findings.findings.map((f) => `${f.code} ${f.layer}:${f.identity?.offset}`),
  };
}

const three = [record(0), record(1), record(2)];

test('what was acknowledged is in the log, with the bytes that were sent', async () => {
  const { found, result } = await compare(three, three);
  expect(found).toEqual([]);
  expect(result).toEqual({ acknowledged: 3n, logged: 3n, explained: 0n });
});

test('an acknowledged record that the log lacks is a lost write', async () => {
  expect((await compare(three, [record(0), record(2)])).found).toEqual(['lost-write log:1']);
  expect((await compare(three, [])).found).toHaveLength(3);
});

test('other bytes at the offset are altered in the log', async () => {
  const inLog = [record(0), record(1, 7), record(2)];
  expect((await compare(three, inLog)).found).toEqual(['altered log:1']);
});

test('a record that nobody sent is a phantom of the log', async () => {
  expect((await compare(three, [...three, record(3, 55)])).found).toEqual(['phantom log:3']);
});

test('a record of a send that was never answered is explained', async () => {
  const { found, result } = await compare(three, [...three, record(3, 55)], { unknown: [55n] });
  expect(found).toEqual([]);
  expect(result.explained).toBe(1n);
});

test('an unanswered send that never arrived is no loss', async () => {
  expect((await compare(three, three, { unknown: [55n] })).found).toEqual([]);
});

test('what retention has removed is not judged', async () => {
  expect((await compare(three, [record(2)], { start: 2n })).found).toEqual([]);
});
