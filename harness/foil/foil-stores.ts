/**
 * What the services of the foil hold, how far it believes to be, and what can be done to it from
 * the outside.
 *
 * The same simulated broker, hot store, catalog and warehouse that our pipeline runs on, with the
 * hot store's lines of defence switched off, beside the foil's own watermarks and candles. `behind`
 * is the foil's own opinion: group offsets at the end of the log and watermarks at the newest row
 * is all that its dashboards know.
 */
import type { HistoryFact } from '../checkers/history/history.ts';
import { epochStartMs } from '../simulation/kernel/process.ts';
import type { EnvironmentFault, ServiceName } from '../simulation/schedule/schedule.ts';
import { BrokerMachine } from '../simulation/stores/broker-machine.ts';
import { HotStoreMachine } from '../simulation/stores/hot-store-machine.ts';
import { LedgerStore } from '../simulation/stores/ledger-store.ts';
import { Warehouse } from '../simulation/stores/warehouse.ts';
import type { SystemParts } from '../simulation/system/system.ts';
import { BronzeTable, type RowIdentity } from './bronze-table.ts';
import { bronzeColdTable, ColdTable } from './cold-table.ts';
import { bronzeTableName } from './offload-job.ts';
import { candleFact, candleTables, SummingCandles } from './summing-candles.ts';
import { type Watermark, Watermarks } from './watermarks.ts';

export const topicName = 'trades';

/** A plain table: no token, no fence, no look at what is there, no dead letters. */
const withoutGuards = {
  'fence-check': false,
  'fence-ends-inserts': false,
  'skip-stored': false,
  'deduplication-token': false,
  'dead-letters-kept': false,
} as const;

export interface FoilStoresOptions {
  readonly identity: RowIdentity;
  readonly gold: boolean;
}

export class FoilStores {
  readonly broker: BrokerMachine;
  readonly hotStore: HotStoreMachine;
  readonly warehouse: Warehouse;
  readonly catalog: LedgerStore;
  readonly watermarks: Watermarks;
  readonly bronze: BronzeTable;
  readonly candles: SummingCandles;
  readonly cold: ColdTable;
  /** In the order in which a flow run takes them. */
  readonly tables: readonly string[];
  readonly topicId: string;
  readonly #parts: SystemParts;
  #ledgerSkewMs = 0;
  #backup: ReadonlyMap<string, Watermark> | null = null;

  constructor(parts: SystemParts, { identity, gold }: FoilStoresOptions) {
    const { kernel, record, schedule } = parts;
    const { partitions } = schedule.settings;
    this.#parts = parts;
    this.tables = [bronzeTableName, ...(gold ? candleTables.map(({ table }) => table) : [])];
    this.broker = new BrokerMachine({ observe: record, nowMs: () => kernel.nowMs });
    this.hotStore = new HotStoreMachine({
      observe: (fact) => this.#stored(fact, gold),
      deduplicationWindow: 0,
      guards: withoutGuards,
    });
    this.warehouse = new Warehouse(record);
    this.catalog = new LedgerStore({
      nowMs: () => epochStartMs + kernel.nowMs + this.#ledgerSkewMs,
      observe: record,
      describeVersion: (location) => this.warehouse.describeVersion(location),
      historySeq: () => parts.historySeq(),
    });
    this.topicId = this.broker.createTopic(topicName, partitions);
    this.watermarks = new Watermarks(record, this.tables);
    const { hotStore, topicId } = this;
    this.bronze = new BronzeTable({ hotStore, topicId, partitions, identity, observe: record });
    this.candles = new SummingCandles(
      (bound) => kernel.choose(bound),
      (candle) => record(candleFact('gold', candle)),
    );
    this.cold = new ColdTable(this.warehouse, this.catalog);
  }

  /** A materialized view is given every inserted block, whatever becomes of the rows. */
  #stored(fact: HistoryFact, gold: boolean): void {
    this.#parts.record(fact);
    if (fact.type !== 'rows-added' || fact.layer !== 'bronze') return;
    this.bronze.inserted(fact.rows);
    if (gold) this.candles.insert(fact.rows);
  }

  behind(): readonly string[] {
    const behind: string[] = [];
    const progress = this.broker.progress(this.topicId);
    this.broker.ends(this.topicId).forEach((end, partition) => {
      const next = progress.get(partition) ?? 0;
      if (next < end) behind.push(`bronze ${partition}: ${next} of ${end}`);
    });
    for (const table of this.tables) {
      const windowMs = candleTables.find((one) => one.table === table)?.windowMs;
      const latest = windowMs === undefined ? this.bronze.latestMs : this.candles.latest(windowMs);
      const { at } = this.watermarks.read(table);
      if (latest !== null && at < latest) behind.push(`${table}: watermark ${at} of ${latest}`);
    }
    return behind;
  }

  skewLedgerClock(ms: number): void {
    this.#ledgerSkewMs += ms;
  }

  onRestart(service: ServiceName): void {
    if (service === 'store') this.hotStore.restart({ keepTokens: true });
    if (service === 'broker') this.broker.restart(0, 0);
  }

  environment(what: EnvironmentFault, n: number): void {
    const happen = this.#happenings[what];
    if (happen === undefined) throw new Error(`the foil has no environment fault ${what}`);
    happen(n);
  }

  readonly #happenings: Partial<Record<EnvironmentFault, (n: number) => void>> = {
    'store-drops-as-duplicate': () => this.hotStore.dropNextAsDuplicate(),
    'store-loses-part': () => this.hotStore.loseLastWrite({ forgetToken: true }),
    'store-tears-insert': (n) => this.hotStore.tearNext(n),
    'store-forgets-tokens': () => this.hotStore.forgetTokens(),
    'broker-leader-change': (n) => this.broker.restart(n, 0),
    'broker-compacts': (n) => this.#compact(n),
    'broker-deletes-records': () => this.#deleteRecords(),
    'broker-forgets-group': () => this.broker.forgetProgress(this.topicId),
    'ledger-backup': () => {
      this.#backup = this.watermarks.backup();
    },
    // The Iceberg catalog is not in this database, so only the watermarks go back.
    'ledger-restore': () => {
      if (this.#backup !== null) this.watermarks.restore(this.#backup);
    },
    'outsider-swings': () => this.#outsiderSwings(),
    'operator-resets-watermark': () => this.watermarks.reset(),
  };

  #compact(n: number): void {
    const below = this.broker.progress(this.topicId).get(0) ?? 0;
    const offsets = Array.from({ length: Math.min(n, below) }, (_, i) => below - 1 - i);
    if (offsets.length > 0) this.broker.removeRecords(this.topicId, 0, offsets);
  }

  #deleteRecords(): void {
    for (const [partition, below] of this.broker.progress(this.topicId)) {
      if (below > 0) this.broker.deleteRecords(this.topicId, partition, below);
    }
  }

  /** A stock writer rolls the table back by one version; nothing here minds. */
  #outsiderSwings(): void {
    const pointer = this.catalog.pointer(bronzeColdTable);
    const location = pointer === null ? null : this.warehouse.rolledBack(pointer);
    if (pointer === null || location === null) return;
    this.catalog.foreignSwing('outsider', bronzeColdTable, pointer, location, null);
  }
}
