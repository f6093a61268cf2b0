/**
 * Writes a workload to a topic and keeps a journal of what was acknowledged.
 *
 * Records are collected into one batch a partition; while one request is on its way the next is
 * collected and hashed. The order per partition, and with the `keyed` choice per symbol, is the
 * order of the input. Nothing is ever sent again by this code: a send without an answer is
 * journalled as unknown, and the run stops there unless told to go on. A source that stalls holds
 * back what was collected; pacing does not, it sends what is due before it waits.
 */

import { systemClock } from '../system-clock.ts';
import { ProducerJournalWriter } from './journal-writer.ts';
import { type Compression, KafkaSender } from './kafka-sender.ts';
import { type Pacer, type Pacing, pacerOf } from './pacing.ts';
import { type PartitionChoice, type Partitioning, partitionChoice } from './partition-choice.ts';
import { type ProduceProgress, type ProduceSummary, ProduceTally } from './produce-summary.ts';
import { SendQueue } from './send-queue.ts';
import { ensureTopic } from './topic.ts';
import type { WorkloadRecord, WorkloadRecords } from './workload-record.ts';

export interface ProduceOptions extends Pacing {
  readonly records: WorkloadRecords;
  /** `host:port[,host:port]`. */
  readonly bootstrapServers: string;
  readonly topic: string;
  /** Two files are made: this one and `<journalPath>.hashes`. Neither may exist. */
  readonly journalPath: string;
  readonly createTopic?: boolean;
  readonly partitions?: number;
  readonly partitioning?: Partitioning;
  readonly compression?: Compression;
  /** What to do after a send without an answer; `stop` is the default. */
  readonly onUnknown?: 'stop' | 'continue';
  /** A send is unknown after this time without an answer; 120,000 by default. */
  readonly sendDeadlineMs?: number;
  readonly onProgress?: (progress: ProduceProgress) => void;
  /**
   * Ends the run after the send on its way; what was not sent yet is dropped and stands in no
   * journal.
   */
  readonly signal?: AbortSignal;
}

const sendDeadlineMsDefault = 120_000;

/**
 * Resolves when every record was acknowledged (or `signal` asked to stop, or sends stayed unknown
 * under `continue`). Throws WorkloadError `send-unknown` or `offset-went-back` with the journal
 * closed and readable, `topic-missing`, `topic-differs`, `kafka-unreachable`, `journal-exists`, and
 * what the source of the records throws.
 */
export async function produce(options: ProduceOptions): Promise<ProduceSummary> {
  const { bootstrapServers, topic, partitions } = options;
  const pacer = pacerOf(options);
  const create = options.createTopic ?? false;
  const info = await ensureTopic({ bootstrapServers, topic, create, partitions });
  const journal = new ProducerJournalWriter(options.journalPath, { topic, ...info });
  const sender = new KafkaSender({
    bootstrapServers,
    topic,
    compression: options.compression ?? 'none',
    deadlineMs: options.sendDeadlineMs ?? sendDeadlineMsDefault,
  });
  const tally = new ProduceTally({ topic, ...info, journalPath: options.journalPath });
  const goOn = options.onUnknown === 'continue';
  const queue = new SendQueue({ journal, sender, tally, goOn, onProgress: options.onProgress });
  try {
    const choose = partitionChoice(options.partitioning ?? 'keyed', info.partitions);
    await feed(options, pacer, choose, queue);
    const stoppedBy = options.signal?.aborted ? 'signal' : 'end of input';
    journal.end(stoppedBy);
    return tally.summary(stoppedBy);
  } finally {
    // A source that threw leaves a send on its way: its answer still belongs in the journal.
    await queue.settle();
    journal.close();
    await sender.close();
  }
}

async function feed(
  { records, signal }: ProduceOptions,
  pacer: Pacer | null,
  choose: PartitionChoice,
  queue: SendQueue,
): Promise<void> {
  const pauseThenAdd = async (record: WorkloadRecord, waitMs: number) => {
    await queue.flush();
    await systemClock.sleep(waitMs, signal);
    if (!signal?.aborted) await queue.add(record, choose(record));
  };
  await walk(records, (record) => {
    if (signal?.aborted) return 'stop';
    const waitMs = pacer === null ? 0 : pacer(record, systemClock.monotonicMs());
    return waitMs > 0 ? pauseThenAdd(record, waitMs) : queue.add(record, choose(record));
  });
  if (!signal?.aborted) await queue.flush();
  await queue.drain();
}

/**
 * An await for each record costs more than the record, so a plain iterable is walked without where
 * nothing has to wait.
 */
async function walk(
  records: WorkloadRecords,
  visit: (record: WorkloadRecord) => Promise<void> | 'stop' | null,
): Promise<void> {
  if (Symbol.iterator in records) {
    for (const record of records) {
      const pause = visit(record);
      if (pause === 'stop') return;
      if (pause !== null) await pause;
    }
    return;
  }
  for await (const record of records) {
    const pause = visit(record);
    if (pause === 'stop') return;
    if (pause !== null) await pause;
  }
}
