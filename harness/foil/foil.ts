/**
 * The foil: the hand-off's own design as a second pipeline over the same simulated services.
 *
 * Redpanda -> ClickHouse by the Kafka engine, candles by materialized views, an offload by
 * exchange-time watermarks that Prefect starts every quarter of an hour and Spark carries out, and
 * an audit that compares counts. It exists to be refuted: whoever believes in our checkers can see
 * them name, in a design that was handed over as "exactly-once semantics validated", the records
 * that are missing and doubled. Nothing of it is reachable from production code.
 */
import { createSimulatedHotStore } from '../simulation/adapters/hot-store.ts';
import { createSimulatedLogSource } from '../simulation/adapters/log-source.ts';
import { createSimulatedProducer } from '../simulation/adapters/producer.ts';
import type { Life } from '../simulation/kernel/process.ts';
import type { Remote } from '../simulation/remote.ts';
import type { BuildSystem, SystemParts } from '../simulation/system/system.ts';
import { Workload } from '../simulation/system/workload.ts';
import type { AuditRow } from './audit.ts';
import { type AuditRunParts, runAudits } from './audit-run.ts';
import type { RowIdentity } from './bronze-table.ts';
import { FoilStores, topicName } from './foil-stores.ts';
import { type KafkaEngineParts, runKafkaEngine } from './kafka-engine.ts';
import { OffloadFlows } from './offload-flow.ts';
import { type OffloadJobParts, offloadTable } from './offload-job.ts';
import { type Operation, type OperatorParts, operate } from './operator.ts';

export interface FoilOptions {
  /** What makes two rows of bronze one; default null, the plain tables of February. */
  readonly identity?: RowIdentity;
  /** Candles and their offload; default true. On 12 February there were none yet. */
  readonly gold?: boolean;
  /** The deployment that starts a run every `offloadEveryMs`; default true. */
  readonly scheduled?: boolean;
  /** What somebody does by hand, by the clock. */
  readonly operations?: readonly Operation[];
  /** Hears of every line of the audit's log. */
  readonly onAudit?: (row: AuditRow) => void;
}

export function buildFoil(options: FoilOptions = {}): BuildSystem {
  const { identity = null, gold = true, scheduled = true, operations = [], onAudit } = options;
  return (parts) => {
    const { schedule, supervisor } = parts;
    const { settings } = schedule;
    const stores = new FoilStores(parts, { identity, gold });
    const workload = new Workload(schedule.workload, settings);
    const flows = new OffloadFlows({
      supervisor,
      remote: parts.remote,
      tables: stores.tables,
      script: (life, table) => offloadTable(jobPartsOf(parts, stores, life), table),
    });
    supervisor.add('producer', (life) => workload.play(life, producerOf(parts, stores, life)));
    for (let i = 0; i < settings.ingesters; i += 1) {
      supervisor.add(`ingest-${i + 1}`, (life) =>
        runKafkaEngine(engineOf(parts, stores, life, parts.remote(life), i), life.stop.signal),
      );
    }
    if (scheduled) {
      supervisor.add('prefect', (life) => flows.schedule(life, settings.offloadEveryMs));
    }
    if (operations.length > 0) {
      supervisor.add('operator', (life) =>
        operate(operatorOf(parts, stores, flows, life), operations, life.stop.signal),
      );
    }
    supervisor.add('maintenance', (life) =>
      runAudits(auditPartsOf(parts, stores, life, onAudit), life.stop.signal),
    );
    return {
      // No writer here has an epoch or a batch, so there is none whose commit is known to nobody.
      configuration: { name: 'foil', allowed: ['zombie-commit'], hasLedger: false },
      workloadDone: () => workload.done,
      behind: () => [...stores.behind(), ...flows.underWay()],
      skewLedgerClock: (ms) => stores.skewLedgerClock(ms),
      onRestart: (service) => {
        stores.onRestart(service);
        if (service === 'warehouse') flows.restartContainer();
      },
      onHeal: () => stores.broker.expireTransactions(),
      environment: (what, n) => {
        if (what !== 'operator-starts-offload') return stores.environment(what, n);
        for (let run = 0; run < Math.max(1, n); run += 1) flows.start();
      },
    };
  };
}

function producerOf(parts: SystemParts, { broker }: FoilStores, life: Life) {
  return createSimulatedProducer({
    broker,
    remote: parts.remote(life),
    process: life.process,
    observe: parts.record,
    topic: topicName,
    clock: life.clock,
  });
}

/** Partitions go round: consumer `index` of so many has every so many-th. */
function engineOf(
  parts: SystemParts,
  { broker, hotStore }: FoilStores,
  { process, clock }: Life,
  remote: Remote,
  index: number,
): KafkaEngineParts {
  const { ingesters, rangeRowsMax } = parts.schedule.settings;
  return {
    source: createSimulatedLogSource({ broker, remote, clock, process, observe: parts.record }),
    store: createSimulatedHotStore(hotStore, remote, process),
    clock,
    topicName,
    committed: (topicId) =>
      remote.call('broker.committed', () => new Map(broker.progress(topicId))),
    owns: (partition) => partition % ingesters === index,
    blockRowsMax: rangeRowsMax,
  };
}

function jobPartsOf(parts: SystemParts, stores: FoilStores, life: Life): OffloadJobParts {
  const { watermarks, bronze, candles, cold } = stores;
  return {
    process: life.process,
    clock: life.clock,
    remote: parts.remote(life),
    observe: parts.record,
    ...{ watermarks, bronze, candles, cold },
  };
}

function operatorOf(
  parts: SystemParts,
  { watermarks }: FoilStores,
  flows: OffloadFlows,
  life: Life,
): OperatorParts {
  return {
    clock: life.clock,
    remote: parts.remote(life),
    startRun: () => flows.start(),
    resetWatermarks: () => watermarks.reset(),
  };
}

function auditPartsOf(
  parts: SystemParts,
  { bronze, cold }: FoilStores,
  life: Life,
  onAudit: FoilOptions['onAudit'],
): AuditRunParts {
  const remote = parts.remote(life);
  return { clock: life.clock, remote, bronze, cold, onAudit: onAudit ?? (() => undefined) };
}
