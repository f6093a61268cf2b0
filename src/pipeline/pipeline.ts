/**
 * The pipeline's services, given their adapters: what `tidemark ingest` and `tidemark offload` do
 * after the wiring.
 *
 * Both first see to it that everything they rely on is there and has the right shape (migrations,
 * guard triggers, tables), and move nothing before that. A dependency that is missing is named in
 * the log and waited for within the outage bound.
 */
import type { Config } from './config.ts';
import { errorCode } from './errors.ts';
import type { Clock } from './ports/clock.ts';
import type { HotStore } from './ports/hot-store.ts';
import type { Catalog, LakeEngine, LakeTable } from './ports/lake.ts';
import type { Ledger } from './ports/ledger.ts';
import type { LogSource } from './ports/log-source.ts';
import type { Logger } from './ports/logger.ts';
import { findIngestTopic, runIngest } from './stages/ingest/ingest-service.ts';
import { createSlots } from './stages/ingest/slots.ts';
import { runOffload } from './stages/offload/offload-service.ts';
import { backoffMs, type RetryBudget, spend } from './stages/retry-budget.ts';

export interface Common {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ledger: Ledger;
  readonly store: HotStore;
  /** Unique for this process. */
  readonly holder: string;
}

export const lakeTableName = 'bronze_trades_binance';

export function lakeTable(config: Config): LakeTable {
  return { catalog: config.lake.catalog, namespace: config.lake.namespace, name: lakeTableName };
}

export async function ingestService(
  common: Common,
  source: LogSource,
  signal: AbortSignal,
): Promise<void> {
  const { config, clock, logger, ledger, store, holder } = common;
  const found = await whenReady(common, signal, async () => {
    await prepare(common);
    return findIngestTopic({ source, ledger }, config.kafka.topic);
  });
  if (found === null) return;
  const { topic } = found;
  logger.info('ingest.started', {
    topic: topic.name,
    topicId: topic.topicId,
    partitions: topic.partitions,
  });
  const { rangeRowsMax, rangeBytesMax, lingerMs, writersMax } = config.ingest;
  await runIngest(
    {
      source,
      store,
      ledger,
      clock,
      logger,
      holder,
      limits: { rowsMax: rangeRowsMax, bytesMax: rangeBytesMax, lingerMs },
      writeSlots: createSlots(writersMax),
      leaseMs: config.leaseMs,
      outageMsMax: config.outageMsMax,
    },
    found,
    signal,
  );
  logger.info('ingest.stopped');
}

export async function offloadService(
  common: Common,
  lake: { readonly catalog: Catalog; readonly engine: LakeEngine },
  everyMs: number | null,
  signal: AbortSignal,
): Promise<void> {
  const { config, clock, logger, ledger, holder } = common;
  const table = lakeTable(config);
  const ready = await whenReady(common, signal, async () => {
    await prepare(common);
    await lake.engine.ensureTable(table);
    return true;
  });
  if (ready === null) return;
  logger.info('offload.started', { table: `${table.namespace}.${table.name}`, everyMs });
  await runOffload(
    {
      ...lake,
      ledger,
      clock,
      logger,
      holder,
      leaseMs: config.leaseMs,
      outageMsMax: config.outageMsMax,
      batchRowsMax: config.lake.batchRowsMax,
    },
    table,
    everyMs,
    signal,
  );
  logger.info('offload.stopped');
}

async function prepare({ ledger, store }: Common): Promise<void> {
  await ledger.migrate();
  await ledger.checkGuards();
  await store.prepare();
}

/** Null when the signal aborted first. */
async function whenReady<T>(
  { clock, logger, config }: Common,
  signal: AbortSignal,
  start: () => Promise<T>,
): Promise<T | null> {
  const budget: RetryBudget = { failures: 0, sinceMs: null };
  while (!signal.aborted) {
    try {
      return await start();
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'dependency-missing' && code !== 'unknown-outcome') throw error;
      spend(budget, clock, config.outageMsMax, error);
      logger.error('dependency.missing', error, { failures: budget.failures });
      await clock.sleep(backoffMs(budget), signal);
    }
  }
  return null;
}
