/**
 * The pipeline in simulation: the production services, unchanged, over simulated ports.
 *
 * `ingestService` and `offloadService` are the same functions that `tidemark ingest` and `tidemark
 * offload` run; a planted bug is another import of them, or a guard of a service switched off. Each
 * life of a process gets ports of its own over the one broker, hot store, ledger and warehouse.
 */
import * as production from '../../../src/pipeline/pipeline.ts';
import type { Logger } from '../../../src/pipeline/ports/logger.ts';
import { createSimulatedCatalog } from '../adapters/catalog.ts';
import { createSimulatedHotStore } from '../adapters/hot-store.ts';
import { createSimulatedEngine } from '../adapters/lake-engine.ts';
import { createSimulatedLedger } from '../adapters/ledger.ts';
import { createSimulatedLogSource } from '../adapters/log-source.ts';
import { createSimulatedProducer } from '../adapters/producer.ts';
import type { Life } from '../kernel/process.ts';
import { pipelineConfig, topicName } from './pipeline-config.ts';
import { type Guards, PipelineStores } from './pipeline-stores.ts';
import { silentLogger } from './silent-logger.ts';
import type { BuildSystem, SystemParts } from './system.ts';
import { Workload } from './workload.ts';

export interface PipelineOptions {
  /** The services; a planted bug brings its own. */
  readonly services?: Pick<typeof production, 'ingestService' | 'offloadService'>;
  readonly guards?: Guards;
  readonly logger?: Logger;
}

/** A merge of manifests is due after so few, so that short runs have maintenance. */
const manifestsMergeMin = 4;

export function buildPipeline(options: PipelineOptions = {}): BuildSystem {
  return (parts) => {
    const { schedule, supervisor } = parts;
    const { settings } = schedule;
    const stores = new PipelineStores(parts, options.guards ?? {});
    const workload = new Workload(schedule.workload, settings);
    const services = options.services ?? production;
    const config = pipelineConfig(settings);
    const logger = options.logger ?? silentLogger;
    const common = (life: Life) => ({
      config,
      clock: life.clock,
      logger,
      ledger: createSimulatedLedger(stores.ledger, parts.remote(life), life.process),
      store: createSimulatedHotStore(stores.hotStore, parts.remote(life), life.process),
      holder: `${life.process}#${life.number}`,
    });
    const offload = (life: Life) =>
      services.offloadService(
        common(life),
        lakeOf(parts, stores, life, logger),
        settings.offloadEveryMs,
        life.stop.signal,
      );
    supervisor.add('producer', (life) => workload.play(life, producerOf(parts, stores, life)));
    for (let i = 1; i <= settings.ingesters; i += 1) {
      supervisor.add(`ingest-${i}`, (life) =>
        services.ingestService(common(life), sourceOf(parts, stores, life), life.stop.signal),
      );
    }
    for (let i = 1; i <= settings.offloaders; i += 1) supervisor.add(`offload-${i}`, offload);
    let started = settings.offloaders;
    return {
      configuration: { name: 'pipeline', allowed: [], hasLedger: true },
      workloadDone: () => workload.done,
      behind: () => stores.behind(),
      skewLedgerClock: (ms) => stores.skewLedgerClock(ms),
      onRestart: (service) => stores.onRestart(service),
      onHeal: () => stores.broker.expireTransactions(),
      environment: (what, n) => {
        if (what !== 'operator-starts-offload') return stores.environment(what, n);
        started += 1;
        supervisor.add(`offload-${started}`, offload);
      },
    };
  };
}

function sourceOf(parts: SystemParts, { broker }: PipelineStores, life: Life) {
  const { process, clock } = life;
  return createSimulatedLogSource({
    broker,
    remote: parts.remote(life),
    clock,
    process,
    observe: parts.record,
  });
}

function lakeOf(parts: SystemParts, stores: PipelineStores, life: Life, logger: Logger) {
  const remote = parts.remote(life);
  const catalog = createSimulatedCatalog(stores.ledger, remote, life.process);
  const engine = createSimulatedEngine({
    warehouse: stores.warehouse,
    hotStore: stores.hotStore,
    catalog,
    remote,
    process: life.process,
    logger,
    snapshotsKeptMin: parts.schedule.settings.snapshotsKeptMin,
    manifestsMergeMin,
    guards: stores.guards.engine ?? {},
  });
  return { catalog, engine };
}

function producerOf(parts: SystemParts, { broker }: PipelineStores, life: Life) {
  return createSimulatedProducer({
    broker,
    remote: parts.remote(life),
    process: life.process,
    observe: parts.record,
    topic: topicName,
    clock: life.clock,
  });
}
