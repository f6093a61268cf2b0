/**
 * The producer of a simulated run: works through the schedule's workload, one item after the other.
 *
 * An item is taken off the list before it is sent, so a producer that dies in the middle never
 * sends it again: what was acknowledged has to be everywhere, and what was not may be. Records are
 * numbered by their place in the workload and not by what happened before.
 */
import type { SimulatedProducer } from '../adapters/producer.ts';
import type { Life } from '../kernel/process.ts';
import { recordsOf, type Settings, type WorkloadItem } from '../schedule/schedule.ts';
import { type ProducedRecord, producedRecord } from './trade-records.ts';

export class Workload {
  readonly #items: readonly WorkloadItem[];
  readonly #settings: Settings;
  readonly #firstRecord: readonly number[];
  #next = 0;
  #busy: Life | null = null;

  constructor(items: readonly WorkloadItem[], settings: Settings) {
    this.#items = items;
    this.#settings = settings;
    let first = 0;
    this.#firstRecord = items.map((item) => {
      const at = first;
      first += recordsOf(item, settings.partitions);
      return at;
    });
  }

  /** True when no item is left and none is being sent. */
  get done(): boolean {
    return this.#next >= this.#items.length && this.#busy?.alive !== true;
  }

  async play(life: Life, producer: SimulatedProducer): Promise<void> {
    while (this.#next < this.#items.length && !life.stop.signal.aborted) {
      const item = this.#items[this.#next]!;
      await life.clock.sleep(item.afterMs, life.stop.signal);
      if (life.stop.signal.aborted) return;
      this.#busy = life;
      const first = this.#firstRecord[this.#next]!;
      this.#next += 1;
      await this.#send(item, first, producer);
      this.#busy = null;
    }
  }

  #send(item: WorkloadItem, first: number, producer: SimulatedProducer): Promise<unknown> {
    if (item.do === 'send') {
      const records = [
        ...numbered(first, item.trades, 'trade'),
        ...numbered(first + item.trades, item.malformed, 'malformed'),
      ];
      return producer.send(item.partition % this.#settings.partitions, records);
    }
    return this.#transaction(item, first, producer);
  }

  async #transaction(
    { trades, end }: Extract<WorkloadItem, { do: 'transaction' }>,
    first: number,
    producer: SimulatedProducer,
  ): Promise<unknown> {
    const name = producer.begin();
    for (let partition = 0; partition < this.#settings.partitions; partition += 1) {
      await producer.send(partition, numbered(first + partition * trades, trades, 'trade'), name);
    }
    return end === 'commit' ? producer.commit() : producer.abort();
  }
}

function numbered(first: number, count: number, kind: 'trade' | 'malformed'): ProducedRecord[] {
  return Array.from({ length: count }, (_, i) => producedRecord(first + i, kind));
}
