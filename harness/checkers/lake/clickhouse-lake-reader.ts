/**
 * The lake as a layer, read by ClickHouse's own Iceberg reader from one given metadata location.
 *
 * The metadata file is ALWAYS pinned: left to itself the reader takes the newest file of the
 * folder, which may be one that a crash left behind and nobody committed. The server must be
 * allowed to read the warehouse (the embedded engine: its working directory is at or above it). It
 * is fast, and as independent of the commit code as any foreign engine.
 */
import type { LayerReader } from '../layer.ts';
import { bucketOffsets } from '../layer.ts';
import type { ClickHouseStore } from '../stores/clickhouse-store.ts';
import { rowHashSql } from '../stores/row-sql.ts';
import { createSqlLayerReader } from '../stores/sql-layer.ts';
import type { FileBucket } from './bucket-sums.ts';
import type { FileContent, LakeContents } from './file-content.ts';
import { localPath } from './lake-files.ts';
import { currentSnapshot, filesOf, type LakeState } from './lake-state.ts';

const literal = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/**
 * The table function for exactly this state; fails when the metadata lies outside the table's
 * location.
 */
function pinnedRelation(state: LakeState): string {
  const location = localPath(state.location).replace(/\/$/, '');
  const metadata = localPath(state.metadataLocation);
  if (!metadata.startsWith(`${location}/`)) {
    throw new Error(`${metadata} is not below ${location}: it cannot be pinned`);
  }
  const relative = metadata.slice(location.length + 1);
  return `icebergLocal(${literal(location)}, SETTINGS iceberg_metadata_file_path = ${literal(relative)})`;
}

export function createClickHouseLakeReader(store: ClickHouseStore, state: LakeState): LayerReader {
  const layer = {
    name: 'lake',
    title: `Iceberg ${state.location.split('/').at(-1)}`,
    reader: 'ClickHouse icebergLocal',
    kind: 'trade',
  } as const;
  if (currentSnapshot(state) === null) {
    return { ...layer, digest: async () => [], rows: async () => [] };
  }
  return createSqlLayerReader(store, { ...layer, relation: pinnedRelation(state) });
}

/**
 * Contents of the current snapshot's files in one pass of ClickHouse, without column extremes.
 * Files that it does not cover (older snapshots only, or referenced twice, which ClickHouse would
 * count twice) come from `others`.
 */
export async function readContentsByClickHouse(
  store: ClickHouseStore,
  state: LakeState,
  others: LakeContents,
): Promise<LakeContents> {
  const snapshot = currentSnapshot(state);
  if (snapshot === null) return others;
  const references = Map.groupBy(filesOf(state, snapshot), (file) => file.uri);
  const sql = `SELECT _path, toString(topic_id), toString(partition), toString(intDiv(offset, ${bucketOffsets}) AS bucket),
      toString(count()), toString(sum(${rowHashSql('trade')})), toString(min(offset)), toString(max(offset)),
      toString(groupBitmap(toUInt16(offset - bucket * ${bucketOffsets})))
    FROM ${pinnedRelation(state)} GROUP BY _path, topic_id, partition, bucket`;
  const byPath = Map.groupBy(await store.query(sql), (row) => row[0]!);
  const known = new Map<string, FileContent>();
  const byName = Map.groupBy(references.keys(), (uri) => uri.split('/').at(-1)!);
  for (const [path, rows] of byPath) {
    const uri = byName
      .get(path.split('/').at(-1)!)
      ?.find((u) => u.endsWith(path.replace(/^\.?\//, '')));
    if (uri === undefined)
      throw new Error(`ClickHouse read ${path}, which the manifests do not name`);
    if (references.get(uri)?.length !== 1) continue;
    const buckets = rows.map(bucketOf);
    const total = buckets.reduce((sum, bucket) => sum + bucket.rows, 0n);
    known.set(uri, { uri, rows: total, buckets, extremes: null });
  }
  return { of: async (file) => known.get(file.uri) ?? (await others.of(file)) };
}

function bucketOf(row: readonly string[]): FileBucket {
  return {
    topicId: row[1]!,
    partition: Number(row[2]),
    bucket: BigInt(row[3]!),
    rows: BigInt(row[4]!),
    sum: BigInt(row[5]!),
    offsetFirst: BigInt(row[6]!),
    offsetLast: BigInt(row[7]!),
    offsetsDistinct: BigInt(row[8]!),
  };
}
