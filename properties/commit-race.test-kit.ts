/**
 * Several writers and a maintenance job on one table of the lake, each with an engine of its own,
 * their steps interleaved by a list of choices.
 *
 * The engine, the files and the catalog's compare-and-swap are real; only the rows are not: every
 * data file is a copy of one small Parquet file, because here it counts which files a table has and
 * not what is in them. A writer does what the stage does: after any failure it asks the ledger (here
 * the catalog's list of committed batches), and only then tries again from the pointer.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { query } from 'chdb';
import { createNativeEngine } from '../src/pipeline/adapters/iceberg/engine.ts';
import {
  ManualClock,
  RecordingLogger,
  range,
  table,
  topicId,
  tradesSelect,
} from '../src/pipeline/adapters/iceberg/testing/lake.ts';
import {
  MemoryCatalog,
  type SwingFault,
} from '../src/pipeline/adapters/iceberg/testing/memory-catalog.ts';
import { errorCode } from '../src/pipeline/errors.ts';
import type { Batch, Catalog, LakeExporter } from '../src/pipeline/ports/lake.ts';
import { inTurns, type Turn } from './turns.test-kit.ts';

/** Two rows of one day and one exchange. */
const rowsOfFile = 2n;
const frozen = { ...range(1n, 2n), digest: { rows: rowsOfFile, sum: 77n } };
const attemptsMax = 60;
const tableKey = `${table.catalog}.${table.namespace}.${table.name}`;

export interface Race {
  /** Batches that each appending writer has to commit. */
  readonly writers: readonly number[];
  /** Rounds of the maintenance job; 0 for none. */
  readonly maintenance: number;
  readonly choices: readonly number[];
  /** What happens to the first swings, in the order in which they come. */
  readonly faults: ReadonlyArray<SwingFault | 'none'>;
  /** Planted: a catalog that swings without comparing, so that the last writer always wins. */
  readonly blindCatalog?: boolean;
}

export interface Swing {
  readonly batchId: string;
  readonly base: string;
  readonly location: string;
}

export interface RaceEnd {
  /** The swings that took effect, in their order. */
  readonly won: readonly Swing[];
  readonly committed: readonly string[];
  readonly pointer: string;
  /** Codes of the failures that writers met. */
  readonly failures: readonly string[];
  orphans(): Promise<readonly string[]>;
}

/** Writes the Parquet file that all data files are copies of. */
export function writeTemplate(path: string): void {
  query(`${tradesSelect(frozen)} INTO OUTFILE '${path}' FORMAT Parquet`);
}

function exporterOf(template: string, turn: Turn): LakeExporter {
  return {
    partitions: async () => [{ exchange: 'binance', day: '2026-02-01', rows: rowsOfFile }],
    write: async ({ path }) => {
      await turn();
      copyFileSync(template, path);
    },
    digests: async () => [
      { topicId, partition: 0, digest: frozen.digest, offsetsDistinct: rowsOfFile },
    ],
  };
}

/** Bytes that never repeat, neither within a writer nor between two. */
function randomOf(writer: number) {
  let drawn = 0;
  return (size: number) => {
    const bytes = Buffer.alloc(size, writer + 1);
    drawn += 1;
    bytes.writeUInt32LE(drawn * 16, 0);
    return bytes;
  };
}

export async function runRace(race: Race, folder: string, template: string): Promise<RaceEnd> {
  mkdirSync(folder, { recursive: true });
  const inner = new MemoryCatalog();
  const clock = new ManualClock();
  const won: Swing[] = [];
  const failures: string[] = [];
  const faults = [...race.faults];
  const pointer = async () => (await inner.pointer(table))!;

  const engineOf = (writer: number, turn: Turn) => {
    const catalog: Catalog = {
      pointer: async (one) => {
        await turn();
        return inner.pointer(one);
      },
      create: (one, location) => inner.create(one, location),
      swing: async (batch, location) => {
        await turn();
        const fault = faults.shift() ?? 'none';
        inner.faultNext = fault === 'none' ? undefined : fault;
        const before = inner.committed.length;
        if (race.blindCatalog) inner.pointers.set(tableKey, batch.base);
        try {
          await inner.swing(batch, location);
        } finally {
          const { batchId, base } = batch;
          if (inner.committed.length > before) won.push({ batchId, base, location });
          // The answer travels as well.
          await turn();
        }
      },
    };
    return createNativeEngine({
      catalog,
      exporter: exporterOf(template, turn),
      warehouseUri: `file://${folder}`,
      clock,
      random: randomOf(writer),
      logger: new RecordingLogger(),
      snapshotsKeptMin: 2,
      manifestsMergeMin: 3,
    });
  };

  const settle = async (
    batchId: string,
    kind: Batch['kind'],
    attempt: (batch: Batch) => Promise<void>,
    turn: Turn,
  ) => {
    for (let tries = 0; tries < attemptsMax; tries += 1) {
      await turn();
      const base = await pointer();
      try {
        await attempt({
          table,
          batchId,
          epoch: BigInt(tries),
          kind,
          base,
          ranges: kind === 'append' ? [frozen] : [],
        });
      } catch (error) {
        failures.push(errorCode(error));
      }
      if (inner.committed.includes(batchId)) return;
    }
    throw new Error(`${batchId} was not committed in ${attemptsMax} attempts`);
  };

  const writer = (batches: number, i: number) => async (turn: Turn) => {
    const engine = engineOf(i, turn);
    for (let n = 0; n < batches; n += 1) {
      await settle(`batch-${i}-${n}`, 'append', (batch) => engine.append(batch), turn);
    }
  };
  const maintenance = async (turn: Turn) => {
    const engine = engineOf(race.writers.length, turn);
    for (let n = 0; n < race.maintenance; n += 1) {
      await settle(`maintenance-${n}`, 'maintenance', (batch) => engine.maintain(batch), turn);
    }
  };
  const first = engineOf(99, async () => {});
  await first.ensureTable(table);
  await inTurns(race.choices, [...race.writers.map(writer), maintenance]);
  return {
    won,
    committed: inner.committed,
    pointer: await pointer(),
    failures,
    orphans: async () =>
      (await first.listOrphans(table, Number.NEGATIVE_INFINITY)).map((one) => one.path),
  };
}

/** A folder of its own for each race. */
export function folderOf(root: string, number: number): string {
  return join(root, `race-${number}`);
}
