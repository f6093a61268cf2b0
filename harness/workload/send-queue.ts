/**
 * Between the records and the sender: collects, announces in the journal, sends, writes the answer
 * down.
 *
 * One send is on its way while the next is collected; a second one never leaves before the first is
 * answered. The answer is tested before it is believed: the first offset of a batch must lie beyond
 * everything acknowledged in that partition, else two records would share an identity.
 */

import type { IntendedSend, ProducerJournalWriter } from './journal-writer.ts';
import type { KafkaSender, SendOutcome } from './kafka-sender.ts';
import { OutgoingSend } from './outgoing-send.ts';
import type { ProduceProgress, ProduceTally } from './produce-summary.ts';
import { WorkloadError } from './workload-error.ts';
import type { WorkloadRecord } from './workload-record.ts';

export interface SendQueueOptions {
  readonly journal: Pick<ProducerJournalWriter, 'intend' | 'acknowledge' | 'unknown'>;
  readonly sender: Pick<KafkaSender, 'send'>;
  readonly tally: ProduceTally;
  /** Go on after a send without an answer. */
  readonly goOn: boolean;
  readonly onProgress?: (progress: ProduceProgress) => void;
}

export class SendQueue {
  readonly #options: SendQueueOptions;
  #collecting = new OutgoingSend();
  #onItsWay: Promise<void> = Promise.resolve();

  constructor(options: SendQueueOptions) {
    this.#options = options;
  }

  /**
   * Null when the record was taken at once; otherwise a promise, while the full send before it
   * leaves.
   */
  add(record: WorkloadRecord, partition: number): Promise<void> | null {
    if (this.#collecting.add(record, partition)) return null;
    return this.flush().then(() => {
      this.#collecting.add(record, partition);
    });
  }

  /**
   * Sends what was collected, after the answer to the send before. Rejects with what that one came
   * to.
   */
  async flush(): Promise<void> {
    await this.#onItsWay;
    if (this.#collecting.records === 0) return;
    const outgoing = this.#collecting;
    this.#collecting = new OutgoingSend();
    this.#onItsWay = this.#send(outgoing);
    // The rejection comes out of the next flush or drain; this only tells Node that somebody will
    // look.
    this.#onItsWay.catch(() => undefined);
  }

  /** Waits for the answer to the last send and rejects with what it came to. */
  drain(): Promise<void> {
    return this.#onItsWay;
  }

  /**
   * Waits for the answer and keeps its error to itself: it is in the journal, and another error is
   * on its way up.
   */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#onItsWay]);
  }

  async #send(outgoing: OutgoingSend): Promise<void> {
    const { journal, sender, tally, onProgress } = this.#options;
    const { parts } = outgoing;
    const intended = journal.intend(parts);
    const outcome = await sender.send(parts);
    if (outcome.type === 'unknown') this.#unknown(intended, outcome);
    else {
      this.#assertBeyond(intended, outcome.offsets);
      const sums = journal.acknowledge(intended, outcome.offsets);
      if (outcome.resent) journal.unknown(intended, 'sent again under a new producer id');
      tally.acknowledged(intended, outcome.offsets, sums, outgoing.valueBytes);
    }
    onProgress?.(tally.progress());
  }

  #unknown(intended: IntendedSend, outcome: Extract<SendOutcome, { type: 'unknown' }>): void {
    const { journal, tally, goOn } = this.#options;
    journal.unknown(intended, outcome.reason);
    tally.unknown(intended);
    if (goOn) return;
    const records = intended.parts.reduce((sum, { count }) => sum + count, 0);
    const message =
      `send ${intended.send} of ${records} records got no answer, so they may be in the log ` +
      `or not (the journal says so): ${outcome.reason}`;
    throw new WorkloadError('send-unknown', message, outcome.cause);
  }

  #assertBeyond(intended: IntendedSend, offsets: ReadonlyMap<number, bigint>): void {
    const { journal, tally } = this.#options;
    for (const { partition } of intended.parts) {
      const offset = offsets.get(partition)!;
      const next = tally.offsetNext(partition);
      if (offset >= next) continue;
      const message =
        `send ${intended.send} was answered with offset ${offset} in partition ${partition}, ` +
        `where everything below ${next} was acknowledged before`;
      journal.unknown(intended, message);
      throw new WorkloadError('offset-went-back', message);
    }
  }
}
