import { expect, test } from 'vitest';
import { bronzeColumns, bronzeTable } from '../clickhouse/schema.ts';
import { columnIds, lakeColumns, tableProperties } from './schema.ts';
import { bronzeTable as testedTable } from './testing/sql-hot-store.ts';

const hotType = {
  string: 'LowCardinality(String)',
  int: 'Int32',
  long: 'Int64',
  'decimal(38, 8)': 'Decimal(38, 8)',
  timestamptz: "DateTime64(6, 'UTC')",
};

test('the lake has the columns of the hot store, in its order, with the same meaning', () => {
  const expected = lakeColumns.map(({ name, type }) => ({ name, type: hotType[type] }));
  expect(expected).toEqual(bronzeColumns);
  expect(testedTable).toBe(bronzeTable);
});

test('ids are the positions, and readers without ids find the columns by name', () => {
  expect(lakeColumns.map((one) => one.id)).toEqual(bronzeColumns.map((_, index) => index + 1));
  expect(lakeColumns[columnIds.exchange - 1]?.name).toBe('exchange');
  expect(lakeColumns[columnIds.tradeTime - 1]?.name).toBe('trade_time');
  const mapping = JSON.parse(tableProperties['schema.name-mapping.default']!);
  expect(mapping).toContainEqual({ 'field-id': 11, names: ['trade_time'] });
});
