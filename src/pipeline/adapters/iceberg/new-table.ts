/**
 * The first metadata of a table, and the check that a table found in the catalog is ours.
 *
 * A table of the same name may have been made by another engine. It is accepted when its columns,
 * their ids and its partitions are exactly those of schema.ts, and refused otherwise: appending
 * files to a table of another shape cannot be undone.
 */
import { TidemarkError } from '../../errors.ts';
import {
  lakeColumns,
  lakeSchema,
  partitionFields,
  schemaId,
  specId,
  tableProperties,
} from './schema.ts';
import type { TableMetadata } from './table-metadata.ts';

export function newTableMetadata(location: string, uuid: string, nowMs: number): TableMetadata {
  return {
    'format-version': 2,
    'table-uuid': uuid,
    location,
    'last-sequence-number': 0n,
    'last-updated-ms': nowMs,
    'last-column-id': lakeColumns.length,
    'current-schema-id': schemaId,
    schemas: [lakeSchema],
    'default-spec-id': specId,
    'partition-specs': [{ 'spec-id': specId, fields: partitionFields }],
    'last-partition-id': Math.max(...partitionFields.map((field) => field['field-id'])),
    'default-sort-order-id': 0,
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    properties: tableProperties,
    'current-snapshot-id': -1n,
    refs: {},
    snapshots: [],
    statistics: [],
    'partition-statistics': [],
    'snapshot-log': [],
    'metadata-log': [],
  };
}

/** Columns and partitions as one comparable text. */
function shapeOf(metadata: TableMetadata): string {
  const schema = metadata.schemas.find((one) => one['schema-id'] === metadata['current-schema-id']);
  const spec = metadata['partition-specs'].find(
    (one) => one['spec-id'] === metadata['default-spec-id'],
  );
  const columns = schema?.fields.map(({ id, name, type, required }) => {
    const typeText = typeof type === 'string' ? type.replaceAll(' ', '') : JSON.stringify(type);
    return `${id} ${name} ${typeText}${required ? ' required' : ''}`;
  });
  const partitions = spec?.fields.map((one) => {
    return `${one['field-id']} ${one.name} ${one.transform}(${one['source-id']})`;
  });
  const ids = `schema ${metadata['current-schema-id']}, spec ${metadata['default-spec-id']}`;
  return `${ids}: ${columns?.join(', ')}; by ${partitions?.join(', ')}`;
}

const expectedShape = shapeOf(newTableMetadata('', '', 0));

/** Fails with `table-invalid` when the table has other columns or partitions than we write. */
export function checkShape(metadata: TableMetadata, location: string): void {
  const found = shapeOf(metadata);
  if (found === expectedShape) return;
  throw new TidemarkError(
    'table-invalid',
    `${location}: the table has another shape; expected ${expectedShape}, found ${found}`,
  );
}
