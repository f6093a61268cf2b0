/**
 * A LayerReader over any ClickHouse relation that has the columns of bronze or of the dead letters.
 *
 * The digest runs where the rows are: one pass, grouped by identity and bucket in the order of the
 * primary key. Rows are asked for only where a comparison found a difference. The relation is a
 * table name or a table function, so the hot store and the Iceberg table are read by the same two
 * statements.
 */
import {
  type BucketDigest,
  bucketOffsets,
  type LayerReader,
  type LayerRow,
  type RowKind,
} from '../layer.ts';
import type { ClickHouseStore, TextRow } from './clickhouse-store.ts';
import { decimalText } from './decimal-text.ts';
import { decimalFields, fieldsSql, rowHashSql } from './row-sql.ts';

export interface SqlLayer {
  readonly name: string;
  readonly title: string;
  readonly reader: string;
  readonly kind: RowKind;
  /** What stands after FROM. */
  readonly relation: string;
  /** `name = value` pairs for the SETTINGS clause. */
  readonly settings?: readonly string[];
}

const settingsSql = (settings: readonly string[]) =>
  settings.length === 0 ? '' : ` SETTINGS ${settings.join(', ')}`;

/** Reads `layer.kind`; the other kind is an empty set, for it does not live in this relation. */
export function createSqlLayerReader(store: ClickHouseStore, layer: SqlLayer): LayerReader {
  const settings = layer.settings ?? [];
  return {
    name: layer.name,
    title: layer.title,
    reader: layer.reader,
    async digest(kind, onProgress) {
      if (kind !== layer.kind) return [];
      const rows = await store.query(digestSql(layer, settings));
      const buckets = rows.map(bucketOf);
      onProgress?.(Number(buckets.reduce((sum, bucket) => sum + bucket.rows, 0n)));
      return buckets;
    },
    async rows(kind, topicId, partition, offsetFirst, offsetLast) {
      if (kind !== layer.kind) return [];
      const sql = rowsSql(layer, settings, partition, offsetFirst, offsetLast);
      return (await store.query(sql, { topicId })).map((row) => rowOf(kind, row));
    },
  };
}

function digestSql(layer: SqlLayer, settings: readonly string[]): string {
  return `SELECT toString(topic_id), toString(partition), toString(intDiv(offset, ${bucketOffsets}) AS bucket),
      toString(count()), toString(sum(${rowHashSql(layer.kind)})), toString(min(offset)), toString(max(offset))
    FROM ${layer.relation} GROUP BY topic_id, partition, bucket ORDER BY topic_id, partition, bucket
    ${settingsSql([...settings, 'optimize_aggregation_in_order = 1'])}`;
}

function rowsSql(
  layer: SqlLayer,
  settings: readonly string[],
  partition: number,
  offsetFirst: bigint,
  offsetLast: bigint,
): string {
  const fields = fieldsSql(layer.kind).map((field) => field.sql);
  return `SELECT toString(topic_id), toString(partition), toString(offset), toString(${rowHashSql(layer.kind)}),
      ${fields.join(', ')}
    FROM ${layer.relation}
    WHERE topic_id = {topicId:String} AND partition = ${partition}
      AND offset BETWEEN ${offsetFirst} AND ${offsetLast}
    ORDER BY offset${settingsSql(settings)}`;
}

function bucketOf(row: TextRow): BucketDigest {
  return {
    topicId: row[0]!,
    partition: Number(row[1]),
    bucket: BigInt(row[2]!),
    rows: BigInt(row[3]!),
    sum: BigInt(row[4]!),
    offsetFirst: BigInt(row[5]!),
    offsetLast: BigInt(row[6]!),
  };
}

function rowOf(kind: RowKind, row: TextRow): LayerRow {
  const fields: Record<string, string> = {};
  for (const [index, { name }] of fieldsSql(kind).entries()) {
    const text = row[4 + index] ?? 'NULL';
    fields[name] = decimalFields.has(name) && text !== 'NULL' ? decimalText(BigInt(text)) : text;
  }
  return {
    kind,
    topicId: row[0]!,
    partition: Number(row[1]),
    offset: BigInt(row[2]!),
    hash: BigInt(row[3]!),
    fields,
  };
}
