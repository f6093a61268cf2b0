/**
 * Reads one partition from an offset up to a bound, under read_committed, and shows every record to
 * a visitor.
 *
 * While an answer is worked on, the next one is already asked for. Each batch is checked by its CRC
 * before its first record is shown, and the position moves with the batches that were shown, so a
 * failure in between (closed socket, cut answer, new leader) continues behind them: no record is
 * shown twice or left out. What stands still ends in NO_PROGRESS, and a log whose start has moved
 * past the position ends in OFFSET_TRIMMED, because a hole in the evidence must not pass for an
 * empty log.
 */
import { type ClusterView, requestTimeoutMs } from './cluster.ts';
import { CommittedFilter } from './committed-batches.ts';
import type { Decompressor } from './decompress.ts';
import { LogReadError } from './log-error.ts';
import { brokerError, decodeFetch, encodeFetch, type FetchAnswer, fetchApi } from './protocol.ts';
import {
  checkBatch,
  type RecordBatch,
  type RecordVisitor,
  readBatchHeaders,
  visitRecords,
} from './record-batch.ts';
import { Attempts, patientRetries, type RetryPolicy } from './retry.ts';

export interface PartitionSpan {
  readonly topicId: string;
  readonly partition: number;
  /** First offset to read. */
  readonly from: number;
  /** First offset not to read; at or below the last stable offset. */
  readonly until: number;
}

export interface ReadSettings {
  /** Bytes of one answer; a single larger batch comes whole all the same. */
  readonly bytesMax: number;
  readonly retries: RetryPolicy;
}

const defaultSettings: ReadSettings = { bytesMax: 4 * 1024 * 1024, retries: patientRetries };
const waitMsMax = 500;
/** Answers without a batch in a row; with `waitMsMax` about ten seconds. */
const emptyAnswersMax = 20;

export async function readPartition(
  cluster: ClusterView,
  span: PartitionSpan,
  decompressor: Decompressor,
  visitor: RecordVisitor,
  settings: ReadSettings = defaultSettings,
): Promise<void> {
  const read = new PartitionRead(cluster, span, decompressor, visitor, settings.bytesMax);
  const attempts = new Attempts(settings.retries);
  while (!read.done) {
    const before = read.position;
    try {
      await read.run();
    } catch (error) {
      cluster.forget();
      if (read.position > before) attempts.progress();
      await attempts.failed(error);
    }
  }
}

class PartitionRead {
  position: number;
  readonly #cluster: ClusterView;
  readonly #span: PartitionSpan;
  readonly #decompressor: Decompressor;
  readonly #within: RecordVisitor;
  readonly #bytesMax: number;
  #emptyAnswers = 0;

  constructor(
    cluster: ClusterView,
    span: PartitionSpan,
    decompressor: Decompressor,
    visitor: RecordVisitor,
    bytesMax: number,
  ) {
    this.position = span.from;
    this.#cluster = cluster;
    this.#span = span;
    this.#decompressor = decompressor;
    this.#within = withinSpan(span, visitor);
    this.#bytesMax = bytesMax;
  }

  get done(): boolean {
    return this.position >= this.#span.until;
  }

  async run(): Promise<void> {
    let coming = this.#fetch(this.position);
    while (!this.done) {
      const answer = await coming;
      const batches = readBatchHeaders(answer.bytes, answer.start, answer.end);
      const next = batches.at(-1)?.offsetLast ?? this.position - 1;
      coming = next + 1 < this.#span.until ? this.#fetch(next + 1) : coming;
      this.#count(batches.length);
      this.#show(batches, new CommittedFilter(answer.aborted));
    }
  }

  #fetch(offset: number): Promise<FetchAnswer> {
    const { topicId, partition } = this.#span;
    const answer = this.#ask(topicId, partition, offset);
    // The answer is awaited a round later; until then its failure is not unhandled.
    void Promise.allSettled([answer]);
    return answer;
  }

  async #ask(topicId: string, partition: number, offset: number): Promise<FetchAnswer> {
    const connection = await this.#cluster.leader(partition);
    const bytesMax = this.#bytesMax;
    const body = encodeFetch({ topicId, partition, offset, bytesMax, waitMsMax });
    const answer = decodeFetch(await connection.request(fetchApi, body, requestTimeoutMs));
    if (answer.error !== 0) {
      throw brokerError(answer.error, `Fetch of partition ${partition} at offset ${offset}`);
    }
    return answer;
  }

  #count(batches: number): void {
    this.#emptyAnswers = batches > 0 ? 0 : this.#emptyAnswers + 1;
    if (this.#emptyAnswers < emptyAnswersMax) return;
    const { partition, until } = this.#span;
    throw new LogReadError(
      'NO_PROGRESS',
      `partition ${partition} gave nothing at ${this.position}, although it reaches to ${until}`,
    );
  }

  #show(batches: readonly RecordBatch[], filter: CommittedFilter): void {
    for (const batch of batches) {
      if (batch.offsetLast < this.position) {
        filter.shows(batch);
        continue;
      }
      if (batch.offsetFirst >= this.#span.until) {
        this.position = this.#span.until;
        return;
      }
      checkBatch(batch);
      if (filter.shows(batch)) visitRecords(batch, this.#decompressor, this.#within);
      this.position = batch.offsetLast + 1;
    }
  }
}

/** Batches reach over the edges of a span; their records do not. */
function withinSpan({ from, until }: PartitionSpan, visitor: RecordVisitor): RecordVisitor {
  return {
    record(offset, bytes, start, end) {
      if (offset >= from && offset < until) visitor.record(offset, bytes, start, end);
    },
  };
}
