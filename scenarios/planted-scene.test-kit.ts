/**
 * A finished run that a test may damage by hand: how to plant, how to look, how to repair.
 *
 * What is planted goes straight into the stores, past the pipeline and past the guards (which are
 * disabled for that one transaction and enabled again). The originals of all rows are kept beside
 * the tables, so every repair restores exactly what was there.
 */

import type { Finding, VerdictDocument } from '../harness/experiment/journal-events.ts';
import { systemClock } from '../harness/system-clock.ts';
import { connect } from '../src/pipeline/adapters/clickhouse/client.ts';
import { createLakeExporter } from '../src/pipeline/adapters/clickhouse/lake-exporter.ts';
import { createNativeEngine } from '../src/pipeline/adapters/iceberg/engine.ts';
import { lakeTableName } from '../src/pipeline/index.ts';
import type { Batch, Catalog } from '../src/pipeline/ports/lake.ts';
import type { Ground } from './ground.ts';
import type { Row, Scenario } from './scenario.ts';

export const bronze = 'bronze_trades_binance';
export const deadLetters = 'dead_letters';
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Part of the ledger's range or batch, as numbers. */
export interface Span {
  readonly partition: number;
  readonly first: number;
  readonly last: number;
}

export interface Damage {
  plant(): Promise<void>;
  repair(): Promise<void>;
}

export class PlantedScene {
  readonly scenario: Scenario;
  readonly topicId: string;
  readonly #ground: Ground;

  private constructor(ground: Ground, scenario: Scenario, topicId: string) {
    this.scenario = scenario;
    this.topicId = topicId;
    this.#ground = ground;
  }

  /** Runs a pipeline over two partitions to its end and keeps the originals. */
  static async prepare(ground: Ground): Promise<PlantedScene> {
    const scenario = await ground.scenario({ partitions: 2 });
    scenario.ingest().start();
    scenario.offload().start();
    const { topicId } = await scenario.produce({ records: 8_000, rate: 4_000, malformed: 0.01 });
    await scenario.provenAtEnd();
    for (const table of [bronze, deadLetters]) {
      await scenario.clickhouse(`CREATE TABLE ${table}_kept AS ${table}`);
      await scenario.clickhouse(`INSERT INTO ${table}_kept SELECT * FROM ${table}`);
    }
    return new PlantedScene(ground, scenario, topicId);
  }

  /** Inserts what a SELECT gives, with no deduplication in the way. */
  async insert(table: string, select: string): Promise<void> {
    const settings = { insert_deduplicate: 0 };
    await this.scenario.clickhouse(`INSERT INTO ${table} ${select}`, settings);
  }

  async remove(table: string, where: string): Promise<void> {
    const settings = { mutations_sync: 2 };
    await this.scenario.clickhouse(`ALTER TABLE ${table} DELETE WHERE ${where}`, settings);
  }

  async restore(table: string, where: string): Promise<void> {
    await this.remove(table, where);
    await this.insert(table, `SELECT * FROM ${table}_kept WHERE ${where}`);
  }

  /** Statements in one transaction, with all guards of these tables off. */
  async pastTheGuards(tables: readonly string[], ...statements: readonly string[]): Promise<void> {
    const guards = (state: string) => tables.map((t) => `ALTER TABLE ${t} ${state} TRIGGER USER`);
    const all = ['BEGIN', ...guards('DISABLE'), ...statements, ...guards('ENABLE'), 'COMMIT'];
    await this.scenario.sql(all.join(';'));
  }

  async one(text: string): Promise<Row> {
    const [row] = await this.scenario.sql(text);
    if (row === undefined) throw new Error(`no row: ${text}`);
    return row;
  }

  /** The closed range that holds an offset. */
  async rangeAt(partition: number, offset: number): Promise<Span> {
    const row = await this.one(
      `SELECT offset_first, offset_last FROM tidemark.range
       WHERE partition = ${partition} AND ${offset} BETWEEN offset_first AND offset_last`,
    );
    return { partition, first: Number(row.offset_first), last: Number(row.offset_last) };
  }

  /** A closed range of partition 0 that is neither the first one nor a small one. */
  async largeRange(): Promise<Span> {
    const { at } = await this.one(
      `SELECT offset_first AS at FROM tidemark.range
       WHERE partition = 0 AND offset_first > 0 AND rows >= 100 ORDER BY offset_first LIMIT 1`,
    );
    return this.rangeAt(0, Number(at));
  }

  async pointer(): Promise<string> {
    return (await this.one('SELECT metadata_location AS at FROM iceberg_tables')).at!;
  }

  async point(location: string): Promise<void> {
    const swing = `UPDATE iceberg_tables SET metadata_location = '${location}'`;
    await this.pastTheGuards(['iceberg_tables'], swing);
  }

  /**
   * Appends ranges to the lake's table once more, by the pipeline's own engine and nobody's leave.
   */
  async appendUnasked(batchId: string, ranges: Batch['ranges']): Promise<void> {
    const { clickhouseUrl: url } = this.#ground.environment.addresses.direct;
    const catalog: Catalog = {
      pointer: () => this.pointer(),
      create: async () => undefined,
      swing: (_batch, location) => this.point(location),
    };
    const connection = connect({
      url,
      database: this.scenario.database,
      username: 'default',
      password: '',
      requestTimeoutMs: 60_000,
    });
    const engine = createNativeEngine({
      catalog,
      exporter: createLakeExporter(connection),
      warehouseUri: this.scenario.warehouseUri,
      clock: systemClock,
      logger: silent,
    });
    const table = { catalog: 'lake', namespace: 'cold', name: lakeTableName };
    const base = await this.pointer();
    try {
      await engine.append({ table, batchId, epoch: 1n, kind: 'append', base, ranges });
    } finally {
      await connection.close();
    }
  }

  /** What `verify` finds while the damage is there; it is repaired whatever was found. */
  async seen(damage: Damage): Promise<VerdictDocument> {
    await damage.plant();
    try {
      return (await this.scenario.verify()).document;
    } finally {
      await damage.repair();
    }
  }
}

/** `code layer partition:offset`, in order. */
export function named(findings: readonly Finding[]): string[] {
  return findings
    .map(({ code, layer, identity }) => {
      const where = identity === null ? '' : ` ${identity.partition}:${identity.offset}`;
      return `${code} ${layer}${where}`;
    })
    .sort();
}
