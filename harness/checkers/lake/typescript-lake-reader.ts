/**
 * The lake as a layer, read by TypeScript alone: metadata, manifests and Parquet files of the
 * current snapshot.
 *
 * It shares nothing with the writers, neither ClickHouse's Parquet code nor the pipeline's Avro, so
 * agreement with the log means something. It reads exactly one given state of the table. A file
 * that is referenced twice counts twice, as any plain reader would count it. Digests come from the
 * contents that the other lake checks use too, so files are read once.
 */
import { greatest, least } from '../compare/bigints.ts';
import type { BucketDigest, LayerReader, LayerRow } from '../layer.ts';
import { decimalText } from '../stores/decimal-text.ts';
import { decimalFields } from '../stores/row-sql.ts';
import { bigintAt } from './column-extremes.ts';
import type { LakeContents } from './file-content.ts';
import type { LakeFiles } from './lake-files.ts';
import { currentSnapshot, filesOf, type LakeDataFile, type LakeState } from './lake-state.ts';
import { openParquet, type ParquetColumn } from './parquet-columns.ts';
import { hashRowGroup } from './row-hashes.ts';

const identityColumns = new Set(['topic_id', 'partition', 'offset']);

/** The reader of `state`'s current snapshot; an empty set when the table has none. */
export function createTypeScriptLakeReader(
  files: LakeFiles,
  state: LakeState,
  contents: LakeContents,
): LayerReader {
  const snapshot = currentSnapshot(state);
  const dataFiles = snapshot === null ? [] : filesOf(state, snapshot);
  return {
    name: 'lake',
    title: `Iceberg ${state.location.split('/').at(-1)}`,
    reader: 'TypeScript (own Avro, hyparquet)',
    async digest(kind, onProgress) {
      if (kind !== 'trade') return [];
      const total = new Map<string, BucketDigest>();
      let rows = 0;
      for (const file of dataFiles) {
        const content = await contents.of(file);
        for (const bucket of content.buckets) addBucket(total, bucket);
        rows += Number(content.rows);
        onProgress?.(rows);
      }
      return [...total.values()];
    },
    async rows(kind, topicId, partition, offsetFirst, offsetLast) {
      if (kind !== 'trade') return [];
      const span = { topicId, partition, offsetFirst, offsetLast };
      const found: LayerRow[] = [];
      for (const file of dataFiles) {
        if (await mayHold(contents, file, span))
          found.push(...(await rowsOf(files, state, file, span)));
      }
      return found.sort((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0));
    },
  };
}

interface Span {
  readonly topicId: string;
  readonly partition: number;
  readonly offsetFirst: bigint;
  readonly offsetLast: bigint;
}

function addBucket(total: Map<string, BucketDigest>, bucket: BucketDigest): void {
  const name = `${bucket.topicId}/${bucket.partition}/${bucket.bucket}`;
  const known = total.get(name);
  total.set(name, known === undefined ? bucket : addDigests(known, bucket));
}

/** Two digests of the same bucket as one. */
export function addDigests(a: BucketDigest, b: BucketDigest): BucketDigest {
  return {
    topicId: a.topicId,
    partition: a.partition,
    bucket: a.bucket,
    rows: a.rows + b.rows,
    sum: BigInt.asUintN(64, a.sum + b.sum),
    offsetFirst: least(a.offsetFirst, b.offsetFirst),
    offsetLast: greatest(a.offsetLast, b.offsetLast),
  };
}

async function mayHold(contents: LakeContents, file: LakeDataFile, span: Span): Promise<boolean> {
  const { buckets } = await contents.of(file);
  return buckets.some(
    (bucket) =>
      bucket.topicId === span.topicId &&
      bucket.partition === span.partition &&
      bucket.offsetFirst <= span.offsetLast &&
      bucket.offsetLast >= span.offsetFirst,
  );
}

async function rowsOf(
  files: LakeFiles,
  state: LakeState,
  file: LakeDataFile,
  span: Span,
): Promise<readonly LayerRow[]> {
  const parquet = await openParquet(files, file.uri, state.columns);
  const found: LayerRow[] = [];
  for (const group of parquet.rowGroups) {
    const columns = new Map<string, ParquetColumn>();
    const { hashes } = await hashRowGroup(parquet, group, state.columns, (column, values) =>
      columns.set(column.name, values),
    );
    for (let row = 0; row < group.rows; row += 1) {
      const offset = BigInt(valueText(columns, 'offset', row));
      if (offset < span.offsetFirst || offset > span.offsetLast) continue;
      if (Number(valueText(columns, 'partition', row)) !== span.partition) continue;
      if (valueText(columns, 'topic_id', row) !== span.topicId) continue;
      const hash = (BigInt(hashes[2 * row]! >>> 0) << 32n) | BigInt(hashes[2 * row + 1]! >>> 0);
      const { topicId, partition } = span;
      found.push({
        kind: 'trade',
        topicId,
        partition,
        offset,
        hash,
        fields: fieldsOf(columns, row),
      });
    }
  }
  return found;
}

function fieldsOf(
  columns: ReadonlyMap<string, ParquetColumn>,
  row: number,
): Readonly<Record<string, string>> {
  const names = [...columns.keys()].filter((name) => !identityColumns.has(name));
  return Object.fromEntries(names.map((name) => [name, valueText(columns, name, row)]));
}

function valueText(columns: ReadonlyMap<string, ParquetColumn>, name: string, row: number): string {
  const column = columns.get(name);
  if (column === undefined) throw new Error(`the file has no column ${name}`);
  if (column.kind === 'bytes') return Buffer.from(column.values[row]!).toString('utf8');
  const value = bigintAt(column.words, 4 * row);
  return decimalFields.has(name) ? decimalText(value) : value.toString();
}
