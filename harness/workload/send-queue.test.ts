import { describe, expect, test } from 'vitest';
import { HashSum } from './hash-sum.ts';
import type { IntendedSend, JournalledPart } from './journal-writer.ts';
import type { SendOutcome } from './kafka-sender.ts';
import { batchBytesMax, type OutgoingPart } from './outgoing-send.ts';
import { ProduceTally } from './produce-summary.ts';
import { SendQueue } from './send-queue.ts';
import type { WorkloadRecord } from './workload-record.ts';

/** A log that takes what it is sent, and a journal that remembers the order of things. */
class Stage {
  readonly events: string[] = [];
  readonly log = new Map<number, Buffer[]>();
  readonly tally = new ProduceTally({
    topic: 't',
    topicId: 'id',
    partitions: 4,
    journalPath: 'j',
  });
  inFlight = 0;
  inFlightMax = 0;
  next: (() => SendOutcome) | null = null;

  readonly journal = {
    intend: (parts: readonly JournalledPart[]): IntendedSend => {
      const send = this.events.filter((event) => event.startsWith('intend')).length;
      this.events.push(`intend ${send}`);
      const intended = parts.map(({ partition, values }) => {
        return { partition, count: values.length, hashes: new Uint32Array(values.length * 2) };
      });
      return { send, parts: intended };
    },
    acknowledge: ({ send, parts }: IntendedSend) => {
      this.events.push(`acknowledge ${send}`);
      return new Map(parts.map(({ partition }) => [partition, new HashSum()]));
    },
    unknown: ({ send }: IntendedSend, reason: string) => {
      this.events.push(`unknown ${send}: ${reason}`);
    },
  };

  readonly sender = {
    send: async (parts: readonly OutgoingPart[]): Promise<SendOutcome> => {
      this.inFlight += 1;
      this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
      await new Promise(setImmediate);
      this.inFlight -= 1;
      if (this.next !== null) return this.next();
      const offsets = new Map<number, bigint>();
      for (const { partition, values } of parts) {
        const log = this.log.get(partition) ?? [];
        offsets.set(partition, BigInt(log.length));
        log.push(...(values as Buffer[]));
        this.log.set(partition, log);
      }
      return { type: 'acknowledged', offsets, resent: false };
    },
  };

  queue(goOn = false): SendQueue {
    return new SendQueue({ journal: this.journal, sender: this.sender, tally: this.tally, goOn });
  }
}

const record = (size: number, fill = 1): WorkloadRecord => ({
  key: Buffer.from('K'),
  value: Buffer.alloc(size, fill),
  symbol: 'K',
  tradeId: 1n,
  eventTimeMs: 0,
});

describe('the send queue', () => {
  test('announces before it sends, and has one send on its way at most', async () => {
    const stage = new Stage();
    const queue = stage.queue();
    for (let i = 0; i < 5; i += 1) {
      await queue.add(record(10), i % 2);
      await queue.flush();
    }
    await queue.drain();
    const expected = Array.from({ length: 5 }, (_, i) => [`intend ${i}`, `acknowledge ${i}`]);
    expect(stage.events).toEqual(expected.flat());
    expect(stage.inFlightMax).toBe(1);
    expect(stage.tally.summary('x')).toMatchObject({ acknowledged: 5, sends: 5, valueBytes: 50 });
  });

  test('keeps the order of a partition and never fills a batch beyond its bound', async () => {
    const stage = new Stage();
    const queue = stage.queue();
    for (let i = 0; i < 30; i += 1) await queue.add(record(100_000, i), 0);
    await queue.flush();
    await queue.drain();
    expect(stage.log.get(0)!.map((value) => value[0])).toEqual([...Array(30).keys()]);
    expect(stage.events.length).toBe(8);
    expect(9 * 100_000).toBeLessThan(batchBytesMax);
  });

  test('a record that fits in no batch is refused', () => {
    expect(() => new Stage().queue().add(record(batchBytesMax), 0)).toThrow(/fits in no batch/);
  });

  test('an answer that does not come stops the run, and the journal says unknown', async () => {
    const stage = new Stage();
    const queue = stage.queue();
    stage.next = () => ({ type: 'unknown', reason: 'gone', cause: null });
    await queue.add(record(10), 0);
    await queue.flush();
    await queue.add(record(10), 0);
    await expect(queue.flush()).rejects.toMatchObject({
      code: 'send-unknown',
      message: expect.stringContaining('gone') as string,
    });
    expect(stage.events).toEqual(['intend 0', 'unknown 0: gone']);
    await queue.settle();
  });

  test('when told to go on, what was unknown is counted apart and is not sent again', async () => {
    const stage = new Stage();
    const queue = stage.queue(true);
    stage.next = () => ({ type: 'unknown', reason: 'gone', cause: null });
    await queue.add(record(10), 0);
    await queue.flush();
    await queue.drain();
    stage.next = null;
    await queue.add(record(10), 0);
    await queue.flush();
    await queue.drain();
    expect(stage.tally.summary('x')).toMatchObject({ acknowledged: 1, unknown: 1 });
    expect(stage.log.get(0)).toHaveLength(1);
  });

  test('an answer that gives an offset a second time is not believed', async () => {
    const stage = new Stage();
    const queue = stage.queue();
    await queue.add(record(10), 0);
    await queue.flush();
    await queue.drain();
    stage.next = () => ({ type: 'acknowledged', offsets: new Map([[0, 0n]]), resent: false });
    await queue.add(record(10), 0);
    await queue.flush();
    await expect(queue.drain()).rejects.toMatchObject({ code: 'offset-went-back' });
    expect(stage.events.at(-1)).toMatch(/unknown 1: .*offset 0 in partition 0/);
  });

  test('records that the client sent under a second producer id may be there twice', async () => {
    const stage = new Stage();
    const queue = stage.queue();
    stage.next = () => ({ type: 'acknowledged', offsets: new Map([[0, 0n]]), resent: true });
    await queue.add(record(10), 0);
    await queue.flush();
    await queue.drain();
    expect(stage.events.at(-1)).toBe('unknown 0: sent again under a new producer id');
  });
});
