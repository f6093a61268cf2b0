/**
 * Record batches as a real broker stored them: every codec, nulls, markers, and what happens to
 * altered bytes.
 */
import { describe, expect, it } from 'vitest';
import { answerBytes, Collected, readerOf, recording } from './broker-answers.test-kit.ts';
import { CommittedFilter } from './committed-batches.ts';
import { Decompressor } from './decompress.ts';
import { LogReadError } from './log-error.ts';
import { event } from './mixed-topic.test-kit.ts';
import { decodeFetch, type FetchAnswer } from './protocol.ts';
import { checkBatch, readBatchHeaders, visitRecords } from './record-batch.ts';

const fetched = (name: string) => decodeFetch(readerOf(answerBytes(name)));

function readAll(answer: FetchAnswer): Collected {
  const collected = new Collected();
  const filter = new CommittedFilter(answer.aborted);
  const decompressor = new Decompressor();
  for (const batch of readBatchHeaders(answer.bytes, answer.start, answer.end)) {
    checkBatch(batch);
    if (filter.shows(batch)) visitRecords(batch, decompressor, collected);
  }
  return collected;
}

const text = (value: string | null) =>
  value === null ? null : Buffer.from(value, 'base64').toString();

describe('what a real broker stored', () => {
  it('is read whole from batches of every codec', () => {
    const answer = fetched('fetch0');
    const batches = readBatchHeaders(answer.bytes, answer.start, answer.end);
    expect(new Set(batches.map(({ codec }) => codec))).toEqual(new Set([0, 1, 2, 3, 4]));
    const events = Array.from({ length: 1_500 }, (_, i) => event(i).toString());
    expect(readAll(answer).values).toEqual([...events, ...recording.visible[0]!.map(text)]);
  });

  it('shows committed transactions and hides aborted ones and markers', () => {
    const { values, offsets } = readAll(fetched('fetch1'));
    expect(values).toEqual(recording.visible[1]!.map(text));
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    expect(offsets.at(-1)! - offsets[0]! + 1).toBeGreaterThan(offsets.length);
  });
});

describe('altered bytes', () => {
  it('are found by the checksum wherever they lie behind it', () => {
    const answer = fetched('fetch1');
    const bytes = new Uint8Array(answer.bytes);
    for (const { start, end } of readBatchHeaders(bytes, answer.start, answer.end)) {
      for (let at = start + 17; at < end; at += 1) {
        bytes[at]! ^= 0x10;
        const read = () => {
          for (const batch of readBatchHeaders(bytes, start, end)) checkBatch(batch);
        };
        expect(read, `byte ${at}`).toThrow(LogReadError);
        bytes[at]! ^= 0x10;
      }
    }
  });

  it('never make the record parser or a codec read on without a name for it', () => {
    const answer = fetched('fetch0');
    const bytes = new Uint8Array(answer.bytes);
    const decompressor = new Decompressor();
    let named = 0;
    for (const batch of readBatchHeaders(bytes, answer.start, answer.end)) {
      const step = Math.max(1, Math.floor((batch.end - batch.start) / 400));
      for (let at = batch.start + 61; at < batch.end; at += step) {
        bytes[at]! ^= 0xff;
        try {
          visitRecords(batch, decompressor, new Collected());
        } catch (error) {
          expect(error).toMatchObject({ code: 'CORRUPT_BATCH' });
          named += 1;
        }
        bytes[at]! ^= 0xff;
      }
    }
    expect(named).toBeGreaterThan(100);
  });
});

it('a batch that the fetch size has cut is left for the next answer', () => {
  const { bytes, start, end } = fetched('fetch0');
  const whole = readBatchHeaders(bytes, start, end);
  const secondEnd = whole[1]!.end;
  expect(readBatchHeaders(bytes, start, secondEnd)).toHaveLength(2);
  for (const cut of [1, 30, 61]) {
    expect(readBatchHeaders(bytes, start, secondEnd - cut)).toHaveLength(1);
  }
  expect(readBatchHeaders(bytes, start, start + 11)).toEqual([]);
});

it('an old message format is refused by name', () => {
  const { bytes, start, end } = fetched('fetch1');
  const old = new Uint8Array(bytes);
  old[start + 16] = 1;
  expect(() => readBatchHeaders(old, start, end)).toThrow(/UNSUPPORTED.*format 1/);
});
