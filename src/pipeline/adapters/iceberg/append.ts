/**
 * Appends a frozen batch: export, prove, describe, swing.
 *
 * Every attempt writes files under names of its own (batch, epoch and a fresh UUID), so that
 * nothing a snapshot may already reference is written again, and a zombie's files never meet ours.
 * The version to start from is the batch's base, not whatever the catalog says now: when the base
 * has moved the catalog refuses, and the stage decides what to do.
 */
import { TidemarkError } from '../../errors.ts';
import type { Batch } from '../../ports/lake.ts';
import { dayOfText } from './bounds.ts';
import { Attempt, type Change, commitChange, discardRefused, refuseWhenAborted } from './commit.ts';
import { localPath, makeFolder, syncFolder } from './durable-files.ts';
import { addedEntry, buildManifest, dataFileOf } from './manifest.ts';
import type { DataFile, ManifestFile } from './manifest-schema.ts';
import { checkShape } from './new-table.ts';
import { draftSnapshot, totalsOf, withSnapshot } from './next-metadata.ts';
import { finishParquet } from './parquet-file.ts';
import type { EngineParts } from './parts.ts';
import { proveContent, provePartition } from './proof.ts';
import { randomUuid } from './random.ts';
import { lakeColumns } from './schema.ts';
import { mergeIfDue, newManifestList } from './snapshot-files.ts';
import { currentSnapshot, type TableMetadata } from './table-metadata.ts';
import type { TableVersion } from './table-store.ts';

/** Text as part of a file name; names only have to be unique and readable. */
const nameText = (text: string) => text.replaceAll(/[^A-Za-z0-9._-]/g, '_');

export const summaryNames = { batchId: 'tidemark.batch-id', epoch: 'tidemark.epoch' } as const;

export const batchSummary = (batch: Batch) => ({
  [summaryNames.batchId]: batch.batchId,
  [summaryNames.epoch]: String(batch.epoch),
});

/** Content outranks the ledger: a batch that the table already shows is never appended again. */
function refuseKnownBatch(batch: Batch, metadata: TableMetadata): void {
  const known = metadata.snapshots?.find(
    (one) => one.summary[summaryNames.batchId] === batch.batchId,
  );
  if (!known) return;
  throw new TidemarkError(
    'table-invalid',
    `batch ${batch.batchId} is already in snapshot ${known['snapshot-id']} of ${batch.base}, ` +
      'but the ledger has it open; look why pointer and ledger disagree',
  );
}

/** Writes one file per (exchange, day) and returns what the manifest says about each. */
async function exportFiles(
  parts: EngineParts,
  batch: Batch,
  location: string,
  attempt: Attempt,
  signal: AbortSignal | undefined,
): Promise<readonly DataFile[]> {
  const stem = `${nameText(batch.batchId)}-${batch.epoch}-${randomUuid(parts.random)}`;
  const files: DataFile[] = [];
  const folders = new Set<string>();
  const partitions = await parts.exporter.partitions(batch.ranges);
  for (const [index, { exchange, day, rows }] of partitions.entries()) {
    refuseWhenAborted(signal);
    const dayNumber = dayOfText(day);
    const folder = `${location}/data/exchange=${nameText(exchange)}/trade_time_day=${day}`;
    const fileLocation = `${folder}/${stem}-${index}.parquet`;
    const path = localPath(fileLocation);
    await makeFolder(localPath(folder));
    folders.add(localPath(folder));
    attempt.paths.push(path);
    await parts.exporter.write({ ranges: batch.ranges, exchange, day, path });
    const finished = await finishParquet(path, lakeColumns);
    provePartition({ path, exchange, day: dayNumber, rows }, finished);
    files.push(dataFileOf(fileLocation, { exchange, trade_time_day: dayNumber }, finished));
  }
  for (const folder of folders) await syncFolder(folder);
  return files;
}

async function appendChange(
  parts: EngineParts,
  batch: Batch,
  base: TableVersion,
  files: readonly DataFile[],
): Promise<Change> {
  const { metadata } = base;
  const draft = draftSnapshot(metadata, parts.clock.nowMs(), parts.random);
  const current = await parts.store.currentManifests(metadata);
  const manifestsNew = files.length > 0 ? 1 : 0;
  const { carried, keep } = await mergeIfDue(parts, metadata, current, manifestsNew);
  const entries = [...files.map((file) => addedEntry(file, draft.id)), ...carried];
  const manifestLocation = `${metadata.location}/metadata/${randomUuid(parts.random)}-m0.avro`;
  const manifest =
    entries.length > 0
      ? buildManifest(
          manifestLocation,
          entries,
          { id: draft.id, sequenceNumber: draft.sequenceNumber },
          parts.random,
        )
      : undefined;
  const manifests: readonly ManifestFile[] = manifest ? [manifest.file, ...keep] : keep;
  const list = newManifestList(parts, metadata, draft, manifests);
  const bytesAdded = files.reduce((sum, file) => sum + file.file_size_in_bytes, 0n);
  const rowsAdded = files.reduce((sum, file) => sum + file.record_count, 0n);
  const summary = {
    operation: 'append',
    ...batchSummary(batch),
    'added-data-files': String(files.length),
    'added-records': String(rowsAdded),
    'added-files-size': String(bytesAdded),
    'changed-partition-count': String(files.length),
    ...totalsOf(manifests, currentSnapshot(metadata), bytesAdded),
  };
  const manifestFiles = manifest ? [{ location: manifestLocation, body: manifest.body }] : [];
  return {
    metadata: withSnapshot(metadata, draft, list.location, summary),
    files: [...manifestFiles, { location: list.location, body: list.body }],
    list: { location: list.location, manifests },
  };
}

/**
 * One attempt at the batch. Resolves when the swing is known to be committed; fails with
 * `digest-mismatch`, `conflict`, `fenced`, `table-invalid`, `interrupted`, or with whatever the
 * ports threw, which then is an unknown outcome.
 */
export async function appendBatch(
  parts: EngineParts,
  batch: Batch,
  signal?: AbortSignal,
): Promise<void> {
  const startedMs = parts.clock.monotonicMs();
  const attempt = new Attempt();
  try {
    const base = await parts.store.version(batch.base);
    checkShape(base.metadata, base.location);
    refuseKnownBatch(batch, base.metadata);
    const files = await exportFiles(parts, batch, base.metadata.location, attempt, signal);
    const found = files.length > 0 ? await parts.exporter.digests(attempt.paths) : [];
    proveContent(batch.ranges, found);
    const writtenMs = parts.clock.monotonicMs();
    const change = await appendChange(parts, batch, base, files);
    const version = await commitChange(parts, batch, base, change, attempt, signal);
    const endedMs = parts.clock.monotonicMs();
    parts.logger.info('lake.appended', {
      batchId: batch.batchId,
      epoch: batch.epoch,
      files: files.length,
      location: version.location,
      writeMs: Math.round(writtenMs - startedMs),
      commitMs: Math.round(endedMs - writtenMs),
    });
  } catch (error) {
    await discardRefused(parts, batch, attempt, error);
    throw error;
  }
}
