/**
 * One attempt to make a new version of a table the current one.
 *
 * Everything the new version leads to is on disk before the catalog is asked to swing. After that
 * there are three ends. The swing resolved: the version is committed. It was refused for sure
 * (`conflict`, `fenced`): the new files are nobody's and are removed, unless the catalog turns out
 * to know them. Anything else is an unknown outcome, and then nothing at all is deleted, because
 * the swing may have happened: stock writers have corrupted tables exactly here. No attempt is
 * repeated.
 */
import { errorCode, TidemarkError } from '../../errors.ts';
import type { Batch } from '../../ports/lake.ts';
import { createFile, localPath, makeFolder, removeFile, syncFolder } from './durable-files.ts';
import type { ManifestFile } from './manifest-schema.ts';
import { metadataName, succeed } from './next-metadata.ts';
import type { EngineParts } from './parts.ts';
import { randomUuid } from './random.ts';
import { metadataText, type TableMetadata } from './table-metadata.ts';
import type { TableVersion } from './table-store.ts';

export interface NewFile {
  readonly location: string;
  readonly body: Buffer;
}

export interface Change {
  readonly metadata: TableMetadata;
  /** Manifests and the manifest list, not yet written. */
  readonly files: readonly NewFile[];
  readonly list?: { readonly location: string; readonly manifests: readonly ManifestFile[] };
}

/** Files an attempt has made, and the version it asked for, if it came that far. */
export class Attempt {
  readonly paths: string[] = [];
  locationAsked: string | undefined;
}

export function refuseWhenAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new TidemarkError('interrupted', 'stopped before the swing; the batch is still open');
}

export const metadataFolder = (metadata: TableMetadata) => `${metadata.location}/metadata`;

async function writeAll(files: readonly NewFile[], attempt: Attempt): Promise<void> {
  const folders = new Set<string>();
  for (const { location } of files) folders.add(localPath(location).replace(/\/[^/]*$/, ''));
  for (const folder of folders) await makeFolder(folder);
  const ended = await Promise.allSettled(
    files.map(async ({ location, body }) => {
      const path = localPath(location);
      await createFile(path, body);
      attempt.paths.push(path);
    }),
  );
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  for (const folder of folders) await syncFolder(folder);
}

/** Writes the change and swings to it; returns when it is known to be committed. */
export async function commitChange(
  parts: EngineParts,
  batch: Batch,
  base: TableVersion,
  change: Change,
  attempt: Attempt,
  signal?: AbortSignal,
): Promise<TableVersion> {
  const { metadata, dropped } = succeed(base, change.metadata, parts.clock.nowMs());
  const name = metadataName(base.location, randomUuid(parts.random));
  const location = `${metadataFolder(metadata)}/${name}`;
  const body = Buffer.from(metadataText(metadata));
  await writeAll([...change.files, { location, body }], attempt);
  refuseWhenAborted(signal);
  attempt.locationAsked = location;
  await parts.catalog.swing(batch, location);
  const version = { location, metadata };
  parts.store.rememberVersion(version);
  if (change.list) parts.store.rememberManifestList(change.list.location, change.list.manifests);
  await deleteMetadataFiles(parts, metadata, dropped);
  return version;
}

/**
 * Removes files in the table's metadata folder. Failures are logged: the commit stands whatever
 * happens here.
 */
export async function deleteMetadataFiles(
  parts: EngineParts,
  metadata: TableMetadata,
  locations: readonly string[],
): Promise<number> {
  const folder = `${localPath(metadataFolder(metadata))}/`;
  let deleted = 0;
  for (const location of locations) {
    try {
      const path = localPath(location);
      if (!path.startsWith(folder) || path.includes('/../')) continue;
      await removeFile(path);
      deleted++;
    } catch (error) {
      parts.logger.error('lake.delete-failed', error, { location });
    }
  }
  return deleted;
}

const definiteRefusals: ReadonlySet<string> = new Set(['conflict', 'fenced', 'digest-mismatch']);

/** True when the catalog is, or ever was, at the version that the attempt asked for. */
async function isKnown(parts: EngineParts, batch: Batch, location: string): Promise<boolean> {
  const pointer = await parts.catalog.pointer(batch.table);
  if (pointer === null || pointer === location) return true;
  const { metadata } = await parts.store.version(pointer);
  return metadata['metadata-log']?.some((one) => one['metadata-file'] === location) ?? false;
}

/**
 * Removes the files of an attempt that was refused for sure; in any doubt it leaves them for
 * `listOrphans`.
 */
export async function discardRefused(
  parts: EngineParts,
  batch: Batch,
  attempt: Attempt,
  error: unknown,
): Promise<void> {
  const facts = { batchId: batch.batchId, epoch: batch.epoch, files: attempt.paths.length };
  if (!definiteRefusals.has(errorCode(error))) {
    parts.logger.warn('lake.files-left', { ...facts, code: errorCode(error) });
    return;
  }
  try {
    const asked = attempt.locationAsked;
    if (asked !== undefined && (await isKnown(parts, batch, asked))) {
      parts.logger.warn('lake.files-left', { ...facts, code: 'refused-but-known', asked });
      return;
    }
    for (const path of attempt.paths) await removeFile(path);
    parts.logger.info('lake.files-removed', { ...facts, code: errorCode(error) });
  } catch (doubt) {
    parts.logger.error('lake.files-left', doubt, facts);
  }
}
