/**
 * The script that a Spark job of the foil runs for one table: `offload_generic.py`, step by step.
 *
 * Mark the table as running; read the watermark; scan what is younger than it and older than the
 * buffer; append; and, in a second commit, write the watermark. When that last step fails the
 * script logs that "Iceberg will deduplicate" and ends well. When there is nothing to copy it ends
 * well too and leaves the table running. Bronze is copied by the trades' exchange time, gold by
 * `window_start`.
 */
import { TidemarkError } from '../../src/pipeline/errors.ts';
import type { Clock } from '../../src/pipeline/ports/clock.ts';
import type { DerivedEvent } from '../checkers/history/history.ts';
import type { Remote } from '../simulation/remote.ts';
import { type BronzeTable, exchangeTimeMs } from './bronze-table.ts';
import type { ColdTable } from './cold-table.ts';
import { candleFact, candleTables, type SummingCandles } from './summing-candles.ts';
import type { Watermarks } from './watermarks.ts';

export const bronzeTableName = 'bronze_trades_binance';

/** The window ends so long before now. */
export const bufferMs = 300_000;
/** Until a session answers, as the stored runs show it. */
export const sessionMs = 3_000;
/** The append of 15 February took 38.32 s in the large table and 6.80 s in the small one. */
export const bronzeAppendMs = 35_320;
export const goldAppendMs = 3_800;

export interface OffloadJobParts {
  readonly process: string;
  readonly clock: Clock;
  readonly remote: Remote;
  readonly watermarks: Watermarks;
  readonly bronze: BronzeTable;
  readonly candles: SummingCandles;
  readonly cold: ColdTable;
  readonly observe: (fact: DerivedEvent) => void;
}

/** What a scan found, and how it gets into the lake. */
interface Selection {
  readonly rows: number;
  /** The greatest time among them: the next watermark. */
  readonly at: number;
  readonly appendMs: number;
  write(): void;
  commit(): void;
}

export async function offloadTable(parts: OffloadJobParts, table: string): Promise<void> {
  const { remote, clock, watermarks } = parts;
  await clock.sleep(sessionMs);
  await remote.call('ledger.mark-running', () => watermarks.markRunning(table));
  const { at: fromMs } = await remote.call('ledger.watermark-read', () => watermarks.read(table));
  const toMs = clock.nowMs() - bufferMs;
  const selection = await remote.run(
    'store.scan',
    () => select(parts, table, fromMs, toMs),
    (selected) => selected,
  );
  if (selection === null) return;
  await clock.sleep(selection.appendMs);
  await remote.call('warehouse.write-data', () => selection.write());
  await remote.call('catalog.append', () => selection.commit());
  try {
    await remote.call('ledger.watermark-write', () =>
      watermarks.write(table, selection.at, selection.rows),
    );
  } catch (error) {
    // "Iceberg will deduplicate": the script logs this sentence and exits with 0.
    if (!(error instanceof TidemarkError)) throw error;
  }
}

function select(
  parts: OffloadJobParts,
  table: string,
  fromMs: number,
  toMs: number,
): Selection | null {
  const windowMs = candleTables.find((one) => one.table === table)?.windowMs;
  return windowMs === undefined
    ? selectBronze(parts, fromMs, toMs)
    : selectGold(parts, windowMs, fromMs, toMs);
}

function selectBronze(
  { bronze, cold, process }: OffloadJobParts,
  fromMs: number,
  toMs: number,
): Selection | null {
  const rows = bronze.between(fromMs, toMs);
  if (rows.length === 0) return null;
  const path = cold.newPath();
  return {
    rows: rows.length,
    at: rows.reduce((latest, { row }) => Math.max(latest, exchangeTimeMs(row)), fromMs),
    appendMs: bronzeAppendMs,
    write: () => cold.writeData(path, rows),
    commit: () => cold.append(process, path),
  };
}

function selectGold(
  { candles, observe }: OffloadJobParts,
  windowMs: number,
  fromMs: number,
  toMs: number,
): Selection | null {
  const rows = candles.between(windowMs, fromMs, toMs);
  if (rows.length === 0) return null;
  return {
    rows: rows.length,
    at: rows.reduce((latest, { windowStart }) => Math.max(latest, windowStart), fromMs),
    appendMs: goldAppendMs,
    write: () => undefined,
    commit: () => {
      for (const row of rows) observe(candleFact('cold-gold', row));
    },
  };
}
