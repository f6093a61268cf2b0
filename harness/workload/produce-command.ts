/**
 * `tidemark produce` without its command line: takes plain arguments, gives back an object that can
 * be printed as JSON.
 *
 * The records come from a recording (`input`) or from the generator (`records` and `seed`). An
 * existing topic is used; a new one is made only when asked. Nothing is printed here.
 */

import { generateTrades } from './generate-trades.ts';
import type { Compression } from './kafka-sender.ts';
import type { Partitioning } from './partition-choice.ts';
import { produce } from './produce.ts';
import type { ProduceProgress, ProduceSummary } from './produce-summary.ts';
import { readRecording } from './read-recording.ts';
import { WorkloadError } from './workload-error.ts';
import type { WorkloadRecord, WorkloadRecords } from './workload-record.ts';

export interface ProduceCommandArgs {
  /** Path of a recording. Without it the generator makes `records` records. */
  readonly input?: string;
  /** How many to generate; together with `input`, how many of the recording to take at most. */
  readonly records?: number;
  readonly seed?: number;
  readonly symbols?: readonly string[];
  readonly late?: number;
  readonly duplicated?: number;
  readonly malformed?: number;
  /** Records a second. */
  readonly rate?: number;
  /** Recorded spacing, divided by this. */
  readonly speed?: number;
  readonly topic: string;
  readonly bootstrapServers: string;
  readonly journal: string;
  readonly createTopic?: boolean;
  readonly partitions?: number;
  readonly partitioning?: Partitioning;
  readonly compression?: Compression;
  readonly onUnknown?: 'stop' | 'continue';
  readonly onProgress?: (progress: ProduceProgress) => void;
  readonly signal?: AbortSignal;
}

const seedDefault = 1;

/** Throws what `produce`, `readRecording` (`NotARecordingError`) and `generateTrades` throw. */
export async function produceCommand(args: ProduceCommandArgs): Promise<ProduceSummary> {
  const { journal, rate, speed, ...rest } = args;
  return await produce({
    topic: rest.topic,
    bootstrapServers: rest.bootstrapServers,
    createTopic: rest.createTopic,
    partitions: rest.partitions,
    partitioning: rest.partitioning,
    compression: rest.compression,
    onUnknown: rest.onUnknown,
    onProgress: rest.onProgress,
    signal: rest.signal,
    ratePerSecond: rate,
    speed,
    journalPath: journal,
    records: sourceOf(args),
  });
}

function sourceOf(args: ProduceCommandArgs): WorkloadRecords {
  const { input, records, seed, symbols, late, duplicated, malformed } = args;
  if (input === undefined) {
    if (records === undefined) {
      throw new WorkloadError('bad-argument', 'give a recording or a number of records');
    }
    const shape = { symbols, late, duplicated, malformed };
    return generateTrades({ seed: seed ?? seedDefault, records, ...shape });
  }
  for (const [name, value] of Object.entries({ seed, symbols, late, duplicated, malformed })) {
    if (value === undefined) continue;
    throw new WorkloadError('bad-argument', `${name} belongs to the generator, not to a recording`);
  }
  return records === undefined ? readRecording(input) : first(records, readRecording(input));
}

async function* first(count: number, records: AsyncIterable<WorkloadRecord>) {
  let left = count;
  if (left <= 0) return;
  for await (const record of records) {
    yield record;
    left -= 1;
    if (left === 0) return;
  }
}
