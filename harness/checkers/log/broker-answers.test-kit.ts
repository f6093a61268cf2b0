/**
 * Answers of a real broker, recorded byte by byte from Apache Kafka for the topic that
 * `mixed-topic.test-kit.ts` writes.
 *
 * They pin what a broker really sends: every codec as its producers write it, markers, aborted
 * transactions, and the refusals.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { RecordBatch, RecordVisitor } from './record-batch.ts';
import { WireReader } from './wire-reader.ts';

interface Recording {
  readonly topic: string;
  readonly topicId: string;
  readonly exchanges: Readonly<
    Record<
      string,
      { readonly correlationId: number; readonly request: string; readonly answer: string }
    >
  >;
  /** Base64; of partition 0 without the events that `writeMixedTopic` numbers from 0 to 1499. */
  readonly visible: ReadonlyArray<ReadonlyArray<string | null>>;
}

const file = new URL('./fixtures/broker-answers.json', import.meta.url);
export const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;

export const requestBytes = (name: string): Buffer =>
  Buffer.from(recording.exchanges[name]!.request, 'base64');

/** The answer as it came, header included. */
export const answerBytes = (name: string): Buffer =>
  gunzipSync(Buffer.from(recording.exchanges[name]!.answer, 'base64'));

/** A reader positioned behind the header of an answer. */
export function readerOf(bytes: Uint8Array, tagged = true): WireReader {
  const reader = new WireReader(bytes);
  reader.int32();
  if (tagged) reader.tags();
  return reader;
}

/** Collects records with values of their own. */
export class Collected implements RecordVisitor {
  readonly offsets: number[] = [];
  readonly values: Array<string | null> = [];

  record(offset: number, bytes: Uint8Array, start: number, end: number): void {
    this.offsets.push(offset);
    this.values.push(start < 0 ? null : Buffer.from(bytes.subarray(start, end)).toString());
  }
}

/** A batch without bytes, for tests that look at headers only. */
export function batch(changes: Partial<RecordBatch>): RecordBatch {
  return {
    bytes: new Uint8Array(0),
    offsetFirst: 0,
    offsetLast: 0,
    codec: 0,
    transactional: false,
    control: false,
    producerId: -1n,
    recordCount: 0,
    start: 0,
    end: 0,
    ...changes,
  };
}
