/**
 * Appends a frozen batch in the simulation: export, prove, describe, swing.
 *
 * The steps and their order are those of the native engine, and so are its ends: each call is one
 * attempt, and the ledger says how it ended. One data file a trade day, under names that no other
 * attempt has.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { OffsetRange } from '../../../src/pipeline/model/range.ts';
import type { Batch } from '../../../src/pipeline/ports/lake.ts';
import type { StoredRow } from '../stores/row.ts';
import {
  currentSnapshot,
  type DataFile,
  rowsOfManifests,
  type TableVersion,
} from '../stores/warehouse-version.ts';
import {
  type Change,
  commitChange,
  discardRefused,
  draftSnapshot,
  newManifestPath,
  planMerge,
} from './lake-engine-commit.ts';
import {
  Attempt,
  type EngineParts,
  isOn,
  refuseWhenAborted,
  warehouseSteps,
} from './lake-engine-parts.ts';
import { proveFiles } from './lake-engine-proof.ts';

/** Content outranks the ledger: a batch that the table already shows is never appended again. */
function refuseKnownBatch(batch: Batch, version: TableVersion): void {
  const known = version.snapshots.find((one) => one.batch === batch.batchId);
  if (known === undefined) return;
  throw new TidemarkError(
    'table-invalid',
    `batch ${batch.batchId} is already in snapshot ${known.snapshotId} of ${batch.base}`,
  );
}

function rangesRead(parts: EngineParts, batch: Batch): readonly OffsetRange[] {
  if (isOn(parts, 'frozen-ranges')) return batch.ranges;
  return batch.ranges.map((range) => ({ ...range, offsetFirst: 0n }));
}

const byIdentity = (a: StoredRow, b: StoredRow) =>
  a.row.partition - b.row.partition || a.row.offset - b.row.offset;

async function exportFiles(
  parts: EngineParts,
  batch: Batch,
  attempt: Attempt,
  signal: AbortSignal | undefined,
): Promise<readonly DataFile[]> {
  const { hotStore, remote, warehouse } = parts;
  const ranges = rangesRead(parts, batch);
  const rowsByDay = await remote.call(warehouseSteps.partitions, () => {
    const counts = new Map<number, number>();
    for (const { day } of hotStore.rowsOf(ranges)) counts.set(day, (counts.get(day) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => a - b);
  });
  const isFresh = isOn(parts, 'fresh-names');
  const stem = isFresh
    ? `${batch.batchId}-${batch.epoch}-${warehouse.freshNumber()}`
    : batch.batchId;
  const files: DataFile[] = [];
  for (const [day, rows] of rowsByDay) {
    refuseWhenAborted(parts, signal);
    const path = `${batch.table.namespace}/${batch.table.name}/data/day=${day}/${stem}.parquet`;
    attempt.paths.push(path);
    await remote.run(
      warehouseSteps.writeData,
      () => hotStore.rowsOf(ranges).filter((row) => row.day === day),
      (selected) => warehouse.writeData(path, selected.toSorted(byIdentity), !isFresh),
    );
    const found = warehouse.rows(path).length;
    if (found !== rows && isOn(parts, 'proof')) {
      throw new TidemarkError('digest-mismatch', `${path}: expected ${rows} rows, found ${found}`);
    }
    files.push({ path, rows: found });
  }
  return files;
}

async function prove(parts: EngineParts, batch: Batch, files: readonly DataFile[]): Promise<void> {
  if (!isOn(parts, 'proof')) return;
  const read = () => files.map(({ path }) => parts.warehouse.rows(path));
  const contents = files.length > 0 ? await parts.remote.call(warehouseSteps.readFiles, read) : [];
  proveFiles(batch.ranges, contents);
}

function appendChange(
  parts: EngineParts,
  batch: Batch,
  base: TableVersion,
  files: readonly DataFile[],
): Change {
  const carried = isOn(parts, 'carries-files') ? (currentSnapshot(base)?.manifests ?? []) : [];
  const { merged, kept } = planMerge(parts, carried, files.length > 0 ? 1 : 0);
  const named = [...files, ...merged.flatMap((one) => one.files)];
  if (!isOn(parts, 'names-files-once')) named.push(...files.slice(-1));
  const manifestsNew =
    named.length > 0 ? [{ path: newManifestPath(parts, batch), files: named }] : [];
  const manifests = [...manifestsNew, ...kept];
  const rowsAdded = files.reduce((sum, file) => sum + file.rows, 0);
  const rowsForgotten = isOn(parts, 'rows-claimed') ? 0 : rowsAdded;
  const rowsClaimed = rowsOfManifests(manifests) - rowsForgotten;
  const snapshot = draftSnapshot(parts, base, batch, 'append', manifests, rowsClaimed);
  return { base, snapshot, manifestsNew, expired: new Set() };
}

/**
 * One attempt at the batch. Fails with `digest-mismatch`, `conflict`, `fenced`, `table-invalid`,
 * `interrupted`, or with whatever the ports threw, which then is an unknown outcome.
 */
export async function appendBatch(
  parts: EngineParts,
  batch: Batch,
  signal?: AbortSignal,
): Promise<void> {
  const attempt = new Attempt();
  try {
    const base = parts.warehouse.version(batch.base);
    if (isOn(parts, 'known-batch')) refuseKnownBatch(batch, base);
    const files = await exportFiles(parts, batch, attempt, signal);
    await prove(parts, batch, files);
    const change = appendChange(parts, batch, base, files);
    const { location } = await commitChange(parts, batch, change, attempt, signal);
    parts.logger.info('lake.appended', { batchId: batch.batchId, files: files.length, location });
  } catch (error) {
    await discardRefused(parts, batch, attempt, error);
    throw error;
  }
}
