/**
 * One lake for a test: a folder of its own, a clock that only the test moves, a catalog in memory,
 * the engine.
 *
 * The process moves into the folder, because the embedded ClickHouse reads Iceberg tables only at
 * or below its working directory.
 */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OffsetRange } from '../../../model/range.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Batch, LakeExporter, LakeTable } from '../../../ports/lake.ts';
import type { Logger } from '../../../ports/logger.ts';
import { localPath } from '../durable-files.ts';
import { createNativeEngine, type NativeEngine, type NativeEngineOptions } from '../engine.ts';
import { parseMetadata, type TableMetadata } from '../table-metadata.ts';
import { MemoryCatalog } from './memory-catalog.ts';
import { bronzeTable } from './sql-hot-store.ts';

export const table: LakeTable = { catalog: 'lake', namespace: 'cold', name: bronzeTable };

export class ManualClock implements Clock {
  timeMs = 1_770_000_000_000;
  nowMs = () => this.timeMs;
  monotonicMs = () => this.timeMs;
  sleep = async () => {};
}

export class RecordingLogger implements Logger {
  readonly events: string[] = [];
  debug = (event: string) => void this.events.push(event);
  info = (event: string) => void this.events.push(event);
  warn = (event: string) => void this.events.push(event);
  error = (event: string) => void this.events.push(event);
}

export interface Lake {
  readonly folder: string;
  readonly catalog: MemoryCatalog;
  readonly clock: ManualClock;
  readonly logger: RecordingLogger;
  readonly engine: NativeEngine;
  /** Another engine on the same table, as after a restart. */
  restarted(options?: Partial<NativeEngineOptions>): NativeEngine;
  base(): string;
  metadata(): TableMetadata;
  batch(batchId: string, ranges: Batch['ranges'], kind?: Batch['kind']): Batch;
  remove(): void;
}

export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-iceberg-')));
}

export function createLake(
  folder: string,
  exporter: LakeExporter,
  options: Partial<NativeEngineOptions> = {},
): Lake {
  const catalog = new MemoryCatalog();
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const warehouseUri = `file://${folder}/warehouse`;
  const restarted = (more: Partial<NativeEngineOptions> = {}) =>
    createNativeEngine({ catalog, exporter, warehouseUri, clock, logger, ...options, ...more });
  const base = () => catalog.pointers.get('lake.cold.bronze_trades_binance')!;
  return {
    folder,
    catalog,
    clock,
    logger,
    engine: restarted(),
    restarted,
    base,
    metadata: () => parseMetadata(readFileSync(localPath(base()), 'utf8'), base()),
    batch: (batchId, ranges, kind = 'append') => {
      return { table, batchId, epoch: 7n, kind, base: base(), ranges };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const topicId = '0b8f1e6e-6c1c-4a2b-9a57-3f0f5f5f0001';

export function range(offsetFirst: bigint, offsetLast: bigint, partition = 0): OffsetRange {
  return { topicId, partition, offsetFirst, offsetLast };
}

/**
 * SELECT of bronze rows for the offsets of `range`: two exchanges, a day every 100 offsets, hostile
 * values.
 */
export function tradesSelect({ offsetFirst, offsetLast, partition }: OffsetRange): string {
  return `SELECT '${topicId}' AS topic_id, ${partition} AS partition, toInt64(number) AS offset,
    if(number % 3 = 0, 'kraken', 'binance') AS exchange,
    if(number % 7 = 0, concat('größer als sechzehn Zeichen ', toString(number)), 'BTCUSDT')
      AS symbol,
    toInt64(9000000000000000000 + number) AS trade_id,
    toDecimal128(toInt64(number) - 50, 8) - toDecimal128('0.00000001', 8) AS price,
    toDecimal128(concat(if(number % 2 = 0, '-', ''), repeat('9', 29), toString(number % 10),
      '.00000001'), 8) AS quantity,
    if(number % 2 = 0, 'BUY', 'SELL') AS side,
    toDateTime64('2026-02-01 00:00:00.000001', 6, 'UTC') + toIntervalMicrosecond(number * 1001)
      AS event_time,
    toDateTime64('2026-02-01 23:59:59.999999', 6, 'UTC') + toIntervalDay(intDiv(number, 100))
      AS trade_time
    FROM numbers(${offsetFirst}, ${offsetLast - offsetFirst + 1n})`;
}
