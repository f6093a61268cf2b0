/**
 * The shape of the bronze table in the lake: columns, partitions and properties as Iceberg v2 sees
 * them.
 *
 * The columns are those of the hot store's bronze table, in the same order, and the field ids are
 * their positions from 1 to 11. They never change: readers find columns by id, not by name. The
 * table is partitioned by exchange and by the UTC day of the trade time. It declares no sort order,
 * so that other engines don't sort for nothing; files written here are ordered by partition and
 * offset all the same, which keeps their offset bounds tight. The identity of a record is declared
 * as the table's identifier fields. This file has values only and knows no vendor.
 */

export type LakeType = 'string' | 'int' | 'long' | 'decimal(38, 8)' | 'timestamptz';

export interface LakeColumn {
  readonly id: number;
  readonly name: string;
  readonly type: LakeType;
}

const types: ReadonlyArray<readonly [string, LakeType]> = [
  ['topic_id', 'string'],
  ['partition', 'int'],
  ['offset', 'long'],
  ['exchange', 'string'],
  ['symbol', 'string'],
  ['trade_id', 'long'],
  ['price', 'decimal(38, 8)'],
  ['quantity', 'decimal(38, 8)'],
  ['side', 'string'],
  ['event_time', 'timestamptz'],
  ['trade_time', 'timestamptz'],
];

export const lakeColumns: readonly LakeColumn[] = types.map(([name, type], index) => ({
  id: index + 1,
  name,
  type,
}));

/** Field ids that the code names. */
export const columnIds = { exchange: 4, tradeTime: 11 } as const;
export const partitionIds = { exchange: 1000, tradeTimeDay: 1001 } as const;

export const schemaId = 0;
export const specId = 0;

/** The table's schema as it stands in the metadata file and in each manifest. */
export const lakeSchema = {
  type: 'struct',
  'schema-id': schemaId,
  'identifier-field-ids': [1, 2, 3],
  fields: lakeColumns.map(({ id, name, type }) => ({ id, name, required: true, type })),
};

export const partitionFields = [
  {
    name: 'exchange',
    transform: 'identity',
    'source-id': columnIds.exchange,
    'field-id': partitionIds.exchange,
  },
  {
    name: 'trade_time_day',
    transform: 'day',
    'source-id': columnIds.tradeTime,
    'field-id': partitionIds.tradeTimeDay,
  },
];

/** Names of table properties that the engine reads; all are Iceberg's own. */
export const propertyNames = {
  manifestsMergeMin: 'commit.manifest.min-count-to-merge',
  manifestBytesTarget: 'commit.manifest.target-size-bytes',
  metadataVersionsMax: 'write.metadata.previous-versions-max',
  metadataDelete: 'write.metadata.delete-after-commit.enabled',
  snapshotAgeMsMax: 'history.expire.max-snapshot-age-ms',
  snapshotsKeptMin: 'history.expire.min-snapshots-to-keep',
  collectGarbage: 'gc.enabled',
} as const;

/** Properties of a new table. */
export const tableProperties: Readonly<Record<string, string>> = {
  'schema.name-mapping.default': JSON.stringify(
    lakeColumns.map(({ id, name }) => ({ 'field-id': id, names: [name] })),
  ),
  'write.parquet.compression-codec': 'zstd',
  // Every engine that honours it then keeps the metadata folder bounded after its own commits.
  [propertyNames.metadataDelete]: 'true',
};
