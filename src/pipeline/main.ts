/**
 * The services as processes: `ingest` and `offload`. The only file that wires adapters to stages.
 *
 * Run: `node src/pipeline/main.ts ingest --config FILE [--flag value ...]`, or `offload [--every
 * 15m]`. SIGTERM and SIGINT let the range in hand finish; a batch that has not swung yet stays open
 * and is its successor's. A second signal ends the process at once, which is as safe as kill -9.
 * Exit codes: 0 stopped as asked, 254 usage or configuration, 255 a failure that needs a person
 * (the last log line says which).
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { connect as connectClickHouse } from './adapters/clickhouse/client.ts';
import { createHotStore } from './adapters/clickhouse/hot-store.ts';
import { createLakeExporter } from './adapters/clickhouse/lake-exporter.ts';
import { systemClock } from './adapters/clock/system-clock.ts';
import { createNativeEngine } from './adapters/iceberg/engine.ts';
import { createKafkaSource } from './adapters/kafka/source.ts';
import { createJsonLogger } from './adapters/log/json-logger.ts';
import { createCatalog } from './adapters/postgres/catalog.ts';
import { connect as connectPostgres, type Database } from './adapters/postgres/connection.ts';
import { createLedger } from './adapters/postgres/ledger.ts';
import { type Config, loadConfig } from './config.ts';
import { TidemarkError } from './errors.ts';
import { parseDuration } from './model/duration.ts';
import { type Common, ingestService, offloadService } from './pipeline.ts';
import type { LakeExporter } from './ports/lake.ts';

/** A broker that does not answer is named in the log after this time, and looked for again. */
const kafkaSilenceMsMax = 5_000;

export const exitUsage = 254;
export const exitCrash = 255;

export interface ServiceArguments {
  readonly service: 'ingest' | 'offload';
  readonly file: string | undefined;
  readonly every: string | undefined;
  readonly flags: Readonly<Record<string, string>>;
}

/**
 * Flags are `--name value` or `--name=value`; `config` and `every` belong to the command, the rest
 * to the configuration.
 */
export function parseServiceArguments(argv: readonly string[]): ServiceArguments {
  const [service, ...rest] = argv;
  if (service !== 'ingest' && service !== 'offload') {
    throw new TidemarkError(
      'config-invalid',
      `expected ingest or offload, not ${service ?? 'nothing'}`,
    );
  }
  const flags: Record<string, string> = {};
  for (let i = 0; i < rest.length; i += 1) {
    const match = /^--([a-z-]+)(?:=(.*))?$/s.exec(rest[i]!);
    if (match === null) throw new TidemarkError('config-invalid', `unexpected argument ${rest[i]}`);
    const value = match[2] ?? rest[++i];
    if (value === undefined)
      throw new TidemarkError('config-invalid', `flag --${match[1]} needs a value`);
    flags[match[1]!] = value;
  }
  const { config: file, every, ...others } = flags;
  return { service, file, every, flags: others };
}

/** Runs one service until the signal aborts; all adapters are closed at the end. */
export async function runService(args: ServiceArguments, signal: AbortSignal): Promise<void> {
  const config = loadConfig({ file: args.file, environment: process.env, flags: args.flags });
  const holder = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
  const logger = createJsonLogger(process.stderr, systemClock, config.logLevel, {
    service: args.service,
  });
  const everyMs = args.every === undefined ? null : parseDuration(args.every);
  const database = connectPostgres({ ...config.postgres, connectionsMax: 8 });
  const common: Common = {
    config,
    clock: systemClock,
    logger,
    holder,
    ledger: createLedger(database),
    store: createHotStore(config.clickhouse),
  };
  try {
    if (args.service === 'ingest') {
      const source = createKafkaSource({
        ...config.kafka,
        clientId: holder,
        retryBoundMs: kafkaSilenceMsMax,
        logger,
        clock: systemClock,
      });
      try {
        await ingestService(common, source, signal);
      } finally {
        await source.close();
      }
    } else {
      const reading = connectClickHouse(config.clickhouse);
      try {
        const lake = nativeLake(config, database, createLakeExporter(reading), common);
        await offloadService(common, lake, everyMs, signal);
      } finally {
        await reading.close();
      }
    }
  } finally {
    await common.store.close();
    await common.ledger.close();
  }
}

function nativeLake(
  config: Config,
  database: Database,
  exporter: LakeExporter,
  { clock, logger }: Common,
) {
  const catalog = createCatalog(database);
  const engine = createNativeEngine({
    catalog,
    exporter,
    warehouseUri: config.lake.warehouse,
    clock,
    logger,
    snapshotsKeptMin: config.lake.snapshotsKeptMin,
  });
  return { catalog, engine };
}

/** The process: signals, exit code, and the last words. */
export async function main(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => {
      stop.abort();
      process.once(name, () => process.exit(exitCrash));
    });
  }
  try {
    await runService(parseServiceArguments(argv), stop.signal);
    return 0;
  } catch (error) {
    const usage = error instanceof TidemarkError && error.code === 'config-invalid';
    createJsonLogger(process.stderr, systemClock, 'error').error('service.failed', error);
    return usage ? exitUsage : exitCrash;
  }
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
