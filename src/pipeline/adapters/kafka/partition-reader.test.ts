/** The reader and its prefetcher over a scripted fetcher: waiting, fetching ahead, failing. */
import { expect, it } from 'vitest';
import { TidemarkError } from '../../errors.ts';
import { systemClock } from '../clock/system-clock.ts';
import { AbortedFilter } from './aborted-filter.ts';
import { makeBatch, makeMarker, readRows } from './batches.test-kit.ts';
import { BlockAssembler } from './block-assembler.ts';
import type { Fetched } from './partition-fetcher.ts';
import { KafkaPartitionReader } from './partition-reader.ts';
import { type BatchFetcher, Prefetcher } from './prefetcher.ts';
import { parseBatches } from './record-batch.ts';
import { interrupted } from './retry.ts';

const key = { topicId: '00000000-0000-0000-0000-000000000002', partition: 0 };
const limits = { rowsMax: 1_000, bytesMax: 1e9, lingerMs: 30 };

function answer(...batches: Buffer[]): Fetched {
  const bytes = Buffer.concat(batches);
  const filter = new AbortedFilter([]);
  return { batches: parseBatches(bytes), filter, bytes: 100, lastStableOffset: 0n };
}

const records = (offset: bigint, n = 10) =>
  makeBatch(offset, Array(n).fill({ value: Buffer.from('v') }));

/** Gives out the scripted answers in turn, then polls until it is closed. */
class ScriptedFetcher implements BatchFetcher {
  readonly asked: bigint[] = [];
  readonly script: Array<Fetched | Error>;
  closed = false;
  underWay = 0;
  underWayMost = 0;

  constructor(script: Array<Fetched | Error>) {
    this.script = script;
  }

  async fetch(offset: bigint, signal?: AbortSignal): Promise<Fetched> {
    this.asked.push(offset);
    this.underWayMost = Math.max(this.underWayMost, ++this.underWay);
    try {
      const next = this.script.shift();
      if (next instanceof Error) throw next;
      if (next !== undefined) return next;
      await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
      throw interrupted('scripted');
    } finally {
      this.underWay -= 1;
    }
  }

  close(): void {
    this.closed = true;
  }
}

function readerOver(script: Array<Fetched | Error>, prefetchBytesMax = 1_000) {
  const fetcher = new ScriptedFetcher(script);
  const prefetcher = new Prefetcher(fetcher, systemClock, prefetchBytesMax, 0n);
  const assembler = new BlockAssembler(key, 0n);
  const reader = new KafkaPartitionReader('t/0', systemClock, prefetcher, assembler, () => {});
  return { fetcher, reader };
}

it('joins what comes within the linger into one block', async () => {
  const { reader } = readerOver([answer(records(0n)), answer(records(10n)), answer(records(20n))]);
  const block = await reader.next(limits);
  expect(block).toMatchObject({ rows: 30, range: { offsetFirst: 0n, offsetLast: 29n } });
  expect(await reader.next(limits)).toBe(null);
  await reader.close();
});

it('fetches ahead one at a time, up to its bound of bytes', async () => {
  const script = Array.from({ length: 9 }, (_, i) => answer(records(BigInt(i) * 10n)));
  const { fetcher, reader } = readerOver(script, 250);
  await reader.next({ ...limits, rowsMax: 10 });
  await systemClock.sleep(20);
  // One answer is in use; 100 + 100 + 100 bytes reach the bound of 250.
  expect([fetcher.asked.length, fetcher.underWayMost]).toEqual([4, 1]);
  expect(fetcher.asked).toEqual([0n, 10n, 20n, 30n]);
  await reader.close();
  expect(fetcher.closed).toBe(true);
});

it('hands out what came before a failure, then the failure, then goes on from there', async () => {
  const failure = new TidemarkError('dependency-missing', 'gone for long');
  const { fetcher, reader } = readerOver([answer(records(0n)), failure, answer(records(10n))]);
  expect((await reader.next(limits))!.rows).toBe(10);
  await expect(reader.next(limits)).rejects.toBe(failure);
  expect((await reader.next(limits))!.range).toMatchObject({ offsetFirst: 10n, offsetLast: 19n });
  expect(fetcher.asked.slice(0, 3)).toEqual([0n, 10n, 10n]);
  await reader.close();
});

it('an interrupted block is gone on with, not lost', async () => {
  const { fetcher, reader } = readerOver([answer(records(0n))]);
  const stop = new AbortController();
  const waiting = reader.next({ ...limits, lingerMs: 60_000 }, stop.signal);
  await systemClock.sleep(20);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
  expect(fetcher.closed).toBe(false);
  const block = await reader.next(limits);
  expect(readRows(block!).map((row) => Number(row.offset))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await reader.close();
});

it('holes alone come as a block without rows when the linger is over', async () => {
  const { reader } = readerOver([answer(makeMarker(0n, 1n, 'commit'))]);
  expect(await reader.next(limits)).toMatchObject({ rows: 0, range: { offsetLast: 0n } });
  await reader.close();
});

it('a full block does not wait for the linger', async () => {
  const { reader } = readerOver([answer(records(0n))]);
  const block = await reader.next({ ...limits, rowsMax: 10, lingerMs: 60_000 });
  expect(block!.rows).toBe(10);
  await reader.close();
});

it('a closed reader says so', async () => {
  const { reader } = readerOver([]);
  const waiting = reader.next({ ...limits, lingerMs: 60_000 });
  await reader.close();
  await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
  await expect(reader.next(limits)).rejects.toMatchObject({ code: 'interrupted' });
});
