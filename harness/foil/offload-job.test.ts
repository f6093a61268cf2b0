/**
 * The offload script by itself: its window, its two commits, and what it leaves behind when there
 * is nothing to copy.
 */
import { describe, expect, test } from 'vitest';
import { TidemarkError } from '../../src/pipeline/errors.ts';
import type { Clock } from '../../src/pipeline/ports/clock.ts';
import type { HistoryFact } from '../checkers/history/history.ts';
import { epochStartMs } from '../simulation/kernel/process.ts';
import { directRemote, type Remote } from '../simulation/remote.ts';
import { HotStoreMachine } from '../simulation/stores/hot-store-machine.ts';
import { LedgerStore } from '../simulation/stores/ledger-store.ts';
import { Warehouse } from '../simulation/stores/warehouse.ts';
import { producedRecord } from '../simulation/system/trade-records.ts';
import { BronzeTable } from './bronze-table.ts';
import { ColdTable } from './cold-table.ts';
import { bronzeTableName, bufferMs, offloadTable } from './offload-job.ts';
import { blockOf } from './record-block.test-kit.ts';
import { SummingCandles } from './summing-candles.ts';
import { Watermarks, watermarkStartMs } from './watermarks.ts';

const topicId = 't1';

/** Bronze with the first six trades: three at the start of time, three 21.9 s later. */
function make(nowMs: number, remote: Remote = directRemote) {
  const facts: HistoryFact[] = [];
  const observe = (fact: HistoryFact) => facts.push(fact);
  const hotStore = new HotStoreMachine({ observe, deduplicationWindow: 0 });
  const values = [0, 1, 2, 3, 4, 5].map((n) => producedRecord(n, 'trade').value!);
  const started = hotStore.beginInsert('bronze', blockOf(topicId, values), 0n, '', 'ingest-1');
  hotStore.finishInsert(started);
  const warehouse = new Warehouse(observe);
  const catalog = new LedgerStore({
    nowMs: () => nowMs,
    observe,
    describeVersion: (location) => warehouse.describeVersion(location),
  });
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => 0, sleep: async () => undefined };
  const watermarks = new Watermarks(observe, [bronzeTableName]);
  const cold = new ColdTable(warehouse, catalog);
  const bronze = new BronzeTable({ hotStore, topicId, partitions: 1, identity: null, observe });
  const candles = new SummingCandles(
    () => 0,
    () => undefined,
  );
  const parts = { process: 'job-1', clock, remote, watermarks, bronze, candles, cold, observe };
  return {
    watermarks,
    run: () => offloadTable(parts, bronzeTableName),
    offsets: () => cold.rows().map(({ row }) => row.offset),
  };
}

const atBuffer = epochStartMs + bufferMs;

describe('the offload script', () => {
  test('copies what is older than the buffer, and its greatest time is the watermark', async () => {
    const { run, offsets, watermarks } = make(atBuffer + 21_899);
    await run();
    expect(offsets()).toEqual([0, 1, 2]);
    expect(watermarks.read(bronzeTableName)).toMatchObject({
      ...{ at: epochStartMs, rows: 3, status: 'success' },
    });
  });

  test('the end of the window belongs to it, its beginning does not', async () => {
    const { run, offsets, watermarks } = make(atBuffer + 21_900);
    watermarks.write(bronzeTableName, epochStartMs, 3);
    await run();
    expect(offsets()).toEqual([3, 4, 5]);
  });

  test('with nothing to copy it ends well and leaves the table running', async () => {
    const { run, offsets, watermarks } = make(atBuffer - 1);
    await run();
    expect(offsets()).toEqual([]);
    expect(watermarks.read(bronzeTableName)).toMatchObject({
      ...{ at: watermarkStartMs, status: 'running' },
    });
  });

  test('ends well when the watermark could not be written, so the next run copies again', async () => {
    const broken: Remote = {
      ...directRemote,
      call: async (step, effect) => {
        if (step !== 'ledger.watermark-write') return effect();
        throw new TidemarkError('unknown-outcome', 'no answer');
      },
    };
    const { run, offsets } = make(atBuffer + 21_900, broken);
    await run();
    await run();
    expect(offsets()).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]);
  });

  test('fails when the append is not heard of', async () => {
    const deaf: Remote = {
      ...directRemote,
      call: async (step, effect) => {
        if (step !== 'catalog.append') return effect();
        throw new TidemarkError('unknown-outcome', 'no answer');
      },
    };
    await expect(make(atBuffer + 21_900, deaf).run()).rejects.toThrow('no answer');
  });
});
