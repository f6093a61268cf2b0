/**
 * The foil's `cold.bronze_trades_binance`: an Iceberg table to which anybody appends.
 *
 * An append takes the table as it stands and puts its file on top, so commits never collide and
 * nothing asks whether the rows are there already: `append()` has no identity and no batch id. The
 * catalog is the simulated one, used as a stock writer uses it, without lease and without epoch.
 */
import type { LakeTable } from '../../src/pipeline/ports/lake.ts';
import type { LedgerStore } from '../simulation/stores/ledger-store.ts';
import type { StoredRow } from '../simulation/stores/row.ts';
import type { Warehouse } from '../simulation/stores/warehouse.ts';
import {
  currentSnapshot,
  emptyVersion,
  nextVersion,
  rowsOfManifests,
  type Snapshot,
  type TableVersion,
} from '../simulation/stores/warehouse-version.ts';

export const bronzeColdTable: LakeTable = {
  catalog: 'lake',
  namespace: 'cold',
  name: 'bronze_trades_binance',
};

const folder = `${bronzeColdTable.namespace}/${bronzeColdTable.name}`;

export class ColdTable {
  readonly #warehouse: Warehouse;
  readonly #catalog: LedgerStore;

  /** Creates the empty table, as `create_*_iceberg_table.py` does. */
  constructor(warehouse: Warehouse, catalog: LedgerStore) {
    this.#warehouse = warehouse;
    this.#catalog = catalog;
    const location = `${folder}/metadata/0.metadata.json`;
    warehouse.writeVersion(emptyVersion(location));
    catalog.foreignCreate('operator', bronzeColdTable, location);
  }

  /** A name that no file has had. */
  newPath(): string {
    return `${folder}/data/${this.#warehouse.freshNumber()}.parquet`;
  }

  writeData(path: string, rows: readonly StoredRow[]): void {
    this.#warehouse.writeData(path, rows);
  }

  /** Commits a file that was written, on top of whatever is current. */
  append(process: string, path: string): void {
    const base = this.#current();
    const manifest = {
      path: `${folder}/metadata/${this.#warehouse.freshNumber()}-m0.avro`,
      files: [{ path, rows: this.#warehouse.rows(path).length }],
    };
    this.#warehouse.writeManifest(manifest);
    const manifests = [...(currentSnapshot(base)?.manifests ?? []), manifest];
    const snapshot: Snapshot = {
      snapshotId: this.#warehouse.freshNumber(),
      parentId: base.currentId,
      sequenceNumber: base.sequenceLast + 1,
      operation: 'append',
      batch: null,
      manifests,
      rowsClaimed: rowsOfManifests(manifests),
    };
    const location = `${folder}/metadata/${base.log.length + 1}.metadata.json`;
    this.#warehouse.writeVersion(nextVersion(base, location, snapshot, new Set()));
    this.#catalog.foreignSwing(process, bronzeColdTable, base.location, location, null);
  }

  /** Every row that a reader of the table gets. */
  rows(): readonly StoredRow[] {
    return this.#warehouse.readTable(this.#current().location);
  }

  #current(): TableVersion {
    return this.#warehouse.version(this.#catalog.pointer(bronzeColdTable)!);
  }
}
