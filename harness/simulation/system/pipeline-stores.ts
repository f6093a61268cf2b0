/**
 * What the services of the simulated pipeline hold, how far each layer is, and what can be done to
 * them from the outside.
 *
 * One broker with one topic, one hot store, one database and one warehouse. The environment's
 * faults are carried out here, each kept inside what can be survived: only records that every layer
 * has are deleted or compacted, only the part of the statement that just ran is lost.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { PartitionKey } from '../../../src/pipeline/model/range.ts';
import { lakeTable } from '../../../src/pipeline/pipeline.ts';
import { epochStartMs } from '../kernel/process.ts';
import type { EnvironmentFault, ServiceName } from '../schedule/schedule.ts';
import type { BrokerGuards } from '../stores/broker-guards.ts';
import { BrokerMachine } from '../stores/broker-machine.ts';
import type { HotStoreGuards } from '../stores/hot-store-guards.ts';
import { HotStoreMachine } from '../stores/hot-store-machine.ts';
import type { Guards as LedgerGuards } from '../stores/ledger-guards.ts';
import { type Backup, LedgerStore } from '../stores/ledger-store.ts';
import { Warehouse } from '../stores/warehouse.ts';
import type { EngineGuards } from '../stores/warehouse-guards.ts';
import { pipelineConfig, topicName } from './pipeline-config.ts';
import type { SystemParts } from './system.ts';

/** Lines of defence that are switched off; none is, but for planted bugs. */
export interface Guards {
  readonly broker?: Partial<BrokerGuards>;
  readonly hotStore?: HotStoreGuards;
  readonly ledger?: Partial<LedgerGuards>;
  readonly engine?: EngineGuards;
  /** Off: a restored database keeps the pointers of the lake, as if they lived elsewhere. */
  readonly restoreTogether?: boolean;
}

/** What a new leader may lack when acknowledged records are not durable (a planted bug). */
const recordsLostMax = 3;

export class PipelineStores {
  readonly broker: BrokerMachine;
  readonly hotStore: HotStoreMachine;
  readonly ledger: LedgerStore;
  readonly warehouse: Warehouse;
  readonly guards: Guards;
  readonly #parts: SystemParts;
  readonly #topicId: string;
  readonly #partitions: readonly PartitionKey[];
  readonly #table;
  readonly #lakeLayer: string;
  #ledgerSkewMs = 0;
  #backup: Backup | null = null;

  constructor(parts: SystemParts, guards: Guards) {
    const { kernel, record, schedule } = parts;
    this.#parts = parts;
    this.guards = guards;
    this.broker = new BrokerMachine({
      observe: record,
      nowMs: () => kernel.nowMs,
      guards: guards.broker ?? {},
    });
    this.hotStore = new HotStoreMachine({
      observe: record,
      deduplicationWindow: schedule.settings.deduplicationWindow,
      guards: guards.hotStore ?? {},
    });
    this.warehouse = new Warehouse(record);
    this.ledger = new LedgerStore({
      nowMs: () => epochStartMs + kernel.nowMs + this.#ledgerSkewMs,
      observe: record,
      describeVersion: (location) => this.warehouse.describeVersion(location),
      guards: guards.ledger ?? {},
      historySeq: () => parts.historySeq(),
    });
    this.#topicId = this.broker.createTopic(topicName, schedule.settings.partitions);
    this.#partitions = Array.from({ length: schedule.settings.partitions }, (_, partition) => ({
      topicId: this.#topicId,
      partition,
    }));
    this.#table = lakeTable(pipelineConfig(schedule.settings));
    this.#lakeLayer = `${this.#table.catalog}.${this.#table.namespace}.${this.#table.name}`;
  }

  behind(): readonly string[] {
    const behind: string[] = [];
    const ends = this.broker.ends(this.#topicId);
    for (const key of this.#partitions) {
      const end = ends[key.partition]!;
      for (const layer of ['bronze', this.#lakeLayer]) {
        const head = Number(this.ledger.offsetNext(layer, key) ?? 0n);
        if (head < end) behind.push(`${layer} ${key.partition}: ${head} of ${end}`);
      }
      if (this.ledger.intent(key) !== null) behind.push(`an open range of ${key.partition}`);
    }
    if (this.ledger.openBatch(this.#table) !== null) behind.push('an open batch');
    return behind;
  }

  skewLedgerClock(ms: number): void {
    this.#ledgerSkewMs += ms;
  }

  onRestart(service: ServiceName): void {
    if (service === 'store') this.hotStore.restart({ keepTokens: true });
    if (service === 'ledger') this.ledger.crash();
    if (service === 'broker') this.broker.restart(0, recordsLostMax);
  }

  environment(what: EnvironmentFault, n: number): void {
    const happen = this.#happenings[what];
    if (happen === undefined) throw new Error(`the pipeline has no environment fault ${what}`);
    happen(n);
  }

  readonly #happenings: Partial<Record<EnvironmentFault, (n: number) => void>> = {
    'store-drops-as-duplicate': () => this.hotStore.dropNextAsDuplicate(),
    'store-loses-part': (n) => this.hotStore.loseLastWrite({ forgetToken: n === 1 }),
    'store-tears-insert': (n) => this.hotStore.tearNext(n),
    'store-forgets-tokens': () => this.hotStore.forgetTokens(),
    'broker-leader-change': (n) => this.broker.restart(n, recordsLostMax),
    'broker-compacts': (n) => this.#compact(n),
    'broker-deletes-records': () => this.#deleteRecords(),
    'broker-deletes-unread': (n) => this.#deleteUnread(n),
    'operator-resets-watermark': () => this.#resetHeads(),
    'broker-forgets-group': () => this.broker.forgetProgress(this.#topicId),
    'ledger-backup': () => {
      this.#backup = this.ledger.backup();
    },
    'ledger-restore': () => this.#restore(),
    'outsider-swings': () => this.#outsiderSwings(),
  };

  /** Offsets below it are in every layer; a restored database may want records again. */
  #everywhereBelow(key: PartitionKey): number {
    if (this.#backup !== null) return 0;
    const bronze = this.ledger.offsetNext('bronze', key) ?? 0n;
    const lake = this.ledger.offsetNext(this.#lakeLayer, key) ?? 0n;
    return Number(bronze < lake ? bronze : lake);
  }

  #compact(n: number): void {
    const [key] = this.#partitions;
    const below = this.#everywhereBelow(key!);
    const offsets = Array.from({ length: Math.min(n, below) }, (_, i) => below - 1 - i);
    if (offsets.length > 0) this.broker.removeRecords(this.#topicId, 0, offsets);
  }

  #deleteRecords(): void {
    for (const key of this.#partitions) {
      // One stays, so that a run can't end with an empty log and nothing to check.
      const below = this.#everywhereBelow(key) - 1;
      if (below > 0) this.broker.deleteRecords(this.#topicId, key.partition, below);
    }
  }

  /** Not to be survived: the services have to stop and say so. */
  #deleteUnread(n: number): void {
    const ends = this.broker.ends(this.#topicId);
    for (const key of this.#partitions) {
      const head = Number(this.ledger.offsetNext('bronze', key) ?? 0n);
      const below = Math.min(head + n, ends[key.partition]!);
      if (below > head) this.broker.deleteRecords(this.#topicId, key.partition, below);
    }
  }

  /** What the hand-off's runbook does to its watermark, done to the heads; the database refuses. */
  #resetHeads(): void {
    for (const key of this.#partitions) {
      for (const layer of ['bronze', this.#lakeLayer]) {
        refusedOrDone(() => this.ledger.setHead(layer, key, 0n));
      }
    }
  }

  /** Connections are cut, and what the database knew since the backup is gone. */
  #restore(): void {
    if (this.#backup === null) return;
    this.#parts.services.ledger.generation += 1;
    this.ledger.restore(this.#backup, this.guards.restoreTogether ?? true);
  }

  /** A stock writer without epoch rolls the table back by one version; the triggers refuse it. */
  #outsiderSwings(): void {
    const pointer = this.ledger.pointer(this.#table);
    const location = pointer === null ? null : this.warehouse.rolledBack(pointer);
    if (pointer === null || location === null) return;
    refusedOrDone(() => this.ledger.foreignSwing('outsider', this.#table, pointer, location, null));
  }
}

/** Somebody from outside tries something; a refusal is an ordinary end of it. */
function refusedOrDone(attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error;
  }
}
