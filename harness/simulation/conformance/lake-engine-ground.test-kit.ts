/**
 * What the facets of the lake engine's suite share: what a twin has to bring, filling the hot store,
 * batches, and what a reader sees.
 *
 * The catalog is the one in memory for both twins: it swings as the real one does and loses answers
 * on order. That a swing and the ledger move together is the ledger's suite.
 */

import type { MemoryCatalog } from '../../../src/pipeline/adapters/iceberg/testing/memory-catalog.ts';
import { errorCode } from '../../../src/pipeline/errors.ts';
import type { HotStore } from '../../../src/pipeline/ports/hot-store.ts';
import type { Batch, BatchRange, LakeEngine, LakeTable } from '../../../src/pipeline/ports/lake.ts';
import { blockOf, trade } from './hot-store-blocks.test-kit.ts';

export const snapshotsKeptMin = 3;
export const manifestsMergeMin = 4;

/** A snapshot that the current version still has, and what a reader gets from it. */
export interface SeenSnapshot {
  readonly id: string;
  readonly parent: string | null;
  readonly sequence: number;
  readonly operation: string;
  readonly batch: string | null;
  readonly rowsClaimed: number;
  /** `partition/offset`, sorted; fails when a file can't be read. */
  readonly rows: readonly string[];
}

export interface OpenedLake {
  readonly store: HotStore;
  readonly catalog: MemoryCatalog;
  /** One more process on the same table; keeps 3 snapshots and merges 4 manifests. */
  engine(): LakeEngine;
  /** Oldest first. */
  snapshots(): Promise<readonly SeenSnapshot[]>;
  /** Data files and manifests that are there, named by anybody or not. */
  files(): Promise<readonly string[]>;
  /** The next data file has only its first `rows` rows. */
  tearNextFile(rows: number): void;
  /** The next data file is written and its answer lost. */
  loseNextWrite(): void;
}

export interface LakeTwin {
  open(): Promise<OpenedLake>;
}

export const table: LakeTable = {
  catalog: 'lake',
  namespace: 'cold',
  name: 'bronze_trades_binance',
};

const topicId = '3b1f0d2e-98c4-4c54-a3fb-6f1c64a1ce00';
const dayMs = 86_400_000;
const firstMs = 1_770_000_000_000;
const offsetsADay = 10;

/** A lake whose table is made, with one engine. */
export class Lake {
  readonly opened: OpenedLake;
  readonly engine: LakeEngine;
  epoch = 7n;
  #batches = 0;

  constructor(opened: OpenedLake) {
    this.opened = opened;
    this.engine = opened.engine();
  }

  /** Trades for these offsets, ten a day, and the range as the ledger would freeze it. */
  async fill(offsetFirst: number, offsetLast: number, partition = 0): Promise<BatchRange> {
    const records = Array.from({ length: offsetLast - offsetFirst + 1 }, (_, i) => {
      const offset = offsetFirst + i;
      const timeMs = firstMs + Math.floor(offset / offsetsADay) * dayMs;
      return [BigInt(offset), trade(offset, { timeMs })] as const;
    });
    const block = blockOf(records, { topicId, partition });
    await this.opened.store.insertTrades(block, 1n, `${partition}:${offsetFirst}`);
    return this.frozen(offsetFirst, offsetLast, partition);
  }

  async frozen(offsetFirst: number, offsetLast: number, partition = 0): Promise<BatchRange> {
    const [first, last] = [BigInt(offsetFirst), BigInt(offsetLast)];
    const range = { topicId, partition, offsetFirst: first, offsetLast: last };
    return { ...range, digest: (await this.opened.store.inspect(range)).bronze.digest };
  }

  base(): Promise<string> {
    return this.opened.catalog.pointer(table).then((pointer) => pointer!);
  }

  async batch(ranges: readonly BatchRange[], kind: Batch['kind'] = 'append'): Promise<Batch> {
    this.#batches += 1;
    const batchId = `batch-${this.#batches}`;
    return { table, batchId, epoch: this.epoch, kind, base: await this.base(), ranges };
  }

  async append(ranges: readonly BatchRange[]): Promise<Batch> {
    const batch = await this.batch(ranges);
    await this.engine.append(batch);
    return batch;
  }

  /** What a reader of the table sees now. */
  async rows(): Promise<readonly string[]> {
    return (await this.opened.snapshots()).at(-1)?.rows ?? [];
  }
}

export async function openLake(twin: LakeTwin): Promise<Lake> {
  const lake = new Lake(await twin.open());
  await lake.engine.ensureTable(table);
  return lake;
}

export const names = (offsetFirst: number, offsetLast: number, partition = 0): string[] =>
  Array.from({ length: offsetLast - offsetFirst + 1 }, (_, i) =>
    rowName(partition, offsetFirst + i),
  );

export const rowName = (partition: number, offset: number) =>
  `${partition}/${`${offset}`.padStart(6, '0')}`;

export async function codeOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'done',
    (error: unknown) => errorCode(error),
  );
}
