/**
 * Field ids for the schema in a Parquet footer, and the check that the schema is ours at all.
 *
 * ClickHouse writes no field ids, and Iceberg finds columns by them. Before an id is added, the
 * column must have exactly the type that the table promises: a file with milliseconds where the
 * table says microseconds would be read without an error, and wrong. So physical type, logical type
 * and repetition are compared first, and anything unexpected is `table-invalid`.
 */
import { TidemarkError } from '../../errors.ts';
import { physicalTypes } from './bounds.ts';
import type { LakeColumn, LakeType } from './schema.ts';
import {
  binaryOf,
  fieldOf,
  integerOf,
  present,
  structOf,
  structsOf,
  type ThriftField,
  type ThriftList,
  type ThriftStruct,
  thriftTypes,
} from './thrift-compact.ts';

/** Field numbers of Parquet's FileMetaData and SchemaElement. */
const schemaField = 2;
const element = {
  type: 1,
  repetition: 3,
  name: 4,
  convertedType: 6,
  scale: 7,
  fieldId: 9,
  logicalType: 10,
};
const convertedTimestampMicros = 10n;
const convertedDecimal = 5n;
const logicalTimestamp = 8;
const logicalDecimal = 5;

function isTimestampMicrosUtc(field: ThriftStruct): boolean {
  const logical = structOf(field, element.logicalType);
  const timestamp = logical && structOf(logical, logicalTimestamp);
  if (!timestamp) return integerOf(field, element.convertedType) === convertedTimestampMicros;
  const unit = present(structOf(timestamp, 2), 'timestamp unit');
  return fieldOf(timestamp, 1)?.type === thriftTypes.true && fieldOf(unit, 2) !== undefined;
}

function isDecimalOfScale8(field: ThriftStruct): boolean {
  const logical = structOf(field, element.logicalType);
  const decimal = logical && structOf(logical, logicalDecimal);
  if (decimal) return integerOf(decimal, 1) === 8n;
  const isConverted = integerOf(field, element.convertedType) === convertedDecimal;
  return isConverted && integerOf(field, element.scale) === 8n;
}

function fits(type: LakeType, field: ThriftStruct): boolean {
  const physical = Number(integerOf(field, element.type) ?? -1n);
  if (type === 'string') return physical === physicalTypes.byteArray;
  if (type === 'int') return physical === physicalTypes.int32;
  if (type === 'long') return physical === physicalTypes.int64;
  if (type === 'timestamptz')
    return physical === physicalTypes.int64 && isTimestampMicrosUtc(field);
  const isNumber = physical === physicalTypes.int32 || physical === physicalTypes.int64;
  return (isNumber || physical === physicalTypes.fixedLength) && isDecimalOfScale8(field);
}

function withId(field: ThriftStruct, id: number): ThriftStruct {
  const idField: ThriftField = { id: element.fieldId, type: thriftTypes.i32, value: BigInt(id) };
  const others = field.filter((known) => known.id !== element.fieldId);
  return [...others, idField].sort((a, b) => a.id - b.id);
}

/**
 * The footer with the columns' ids set. Fails with `table-invalid` when the file's columns are not
 * exactly `columns`, all required; `path` is for the message.
 */
export function withFieldIds(
  footer: ThriftStruct,
  columns: readonly LakeColumn[],
  path: string,
): ThriftStruct {
  const [root, ...fields] = structsOf(footer, schemaField);
  const invalid = (what: string) =>
    new TidemarkError('table-invalid', `${path}: ${what}; look at the exporter's SELECT`);
  if (fields.length !== columns.length) {
    throw invalid(`has ${fields.length} columns, the table has ${columns.length}`);
  }
  const patched = fields.map((field, index) => {
    const column = columns[index]!;
    const name = binaryOf(field, element.name)?.toString();
    if (name !== column.name) throw invalid(`column ${index + 1} is ${name}, not ${column.name}`);
    if (integerOf(field, element.repetition) !== 0n)
      throw invalid(`column ${name} is not required`);
    if (!fits(column.type, field)) throw invalid(`column ${name} is not stored as ${column.type}`);
    return withId(field, column.id);
  });
  const items = [present(root, 'schema root'), ...patched];
  const list: ThriftList = { elementType: thriftTypes.struct, items };
  return footer.map((field) => (field.id === schemaField ? { ...field, value: list } : field));
}
