import { describe, expect, test } from 'vitest';
import { readStatement } from './statement.ts';

/** The statement with its spans as text, and the data after it. */
function read(sql: string) {
  const found = readStatement(sql);
  if (found.kind === 'query') return { verb: found.verb, format: found.format };
  const { kind, format, dataStart } = found;
  const data = sql.slice(dataStart);
  if (kind === 'insert-data') {
    return { kind, format, data, tail: sql.slice(found.tail.start, found.tail.end) };
  }
  return {
    kind,
    format,
    data,
    structure: found.structure,
    input: sql.slice(found.input.start, found.input.end),
    rest: sql.slice(found.input.end, found.sqlEnd),
  };
}

describe('an INSERT with data', () => {
  const kind = 'insert-data';

  test.each([
    ['INSERT INTO t FORMAT CSV\n1,2', 'CSV', '1,2', ''],
    ['insert into db.t (a, b) format RowBinary', 'RowBinary', '', ''],
    ['INSERT INTO TABLE `values` (format) VALUES (1), (2)', 'Values', ' (1), (2)', ''],
    ['INSERT INTO format FORMAT JSONEachRow {"a":1}', 'JSONEachRow', '{"a":1}', ''],
    ['INSERT INTO t (* EXCEPT(a)) FORMAT TSV \r\n1', 'TSV', '1', ''],
    ['INSERT INTO t (a) SETTINGS x = 1 FORMAT CSV\n1', 'CSV', '1', 'SETTINGS x = 1 '],
    ["INSERT INTO FUNCTION file('x', CSV, 'a Int8') FORMAT CSV 1", 'CSV', '1', ''],
    ['-- FORMAT TSV\nINSERT INTO t FORMAT CSV;\n1', 'CSV', '1', ''],
  ])('%j', (sql, format, data, tail) => {
    expect(read(sql)).toEqual({ kind, format, data, tail });
  });

  test('data is never read as SQL', () => {
    const data = "'; SELECT 1; (( FORMAT TSV";
    expect(read(`INSERT INTO t FORMAT LineAsString\n${data}`)).toMatchObject({ data });
  });
});

test('an INSERT from input() keeps the SELECT around it', () => {
  const sql = `INSERT INTO t (a) SETTINGS s = 1 SELECT f(x) 
    FROM input('x Decimal(9, 2), y Tuple(a Int8)') WHERE format != 'FORMAT CSV'
    FORMAT RowBinary\n\x00\x01`;
  expect(read(sql)).toEqual({
    kind: 'insert-input',
    format: 'RowBinary',
    data: '\x00\x01',
    structure: "'x Decimal(9, 2), y Tuple(a Int8)'",
    input: "input('x Decimal(9, 2), y Tuple(a Int8)')",
    rest: " WHERE format != 'FORMAT CSV'\n    ",
  });
});

describe('any other statement', () => {
  test.each([
    ['SELECT 1', 'SELECT', null],
    ['(SELECT 1) UNION ALL (SELECT 2) FORMAT CSV', 'SELECT', 'CSV'],
    ['WITH x AS (SELECT 1) SELECT * FROM x FORMAT JSON SETTINGS a = 1;', 'SELECT', 'JSON'],
    ['SELECT format FROM t', 'SELECT', null],
    ['SELECT 1 -- FORMAT CSV', 'SELECT', null],
    ["SELECT ' FORMAT CSV'", 'SELECT', null],
    ['SELECT * FROM (SELECT 1 FORMAT CSV)', 'SELECT', null],
    ['INSERT INTO t SELECT format, values FROM u', 'INSERT', null],
    ['INSERT INTO t (SELECT 1)', 'INSERT', null],
    ['WITH 1 AS x INSERT INTO t SELECT x', 'INSERT', null],
    ['DESCRIBE TABLE t FORMAT TSV', 'DESCRIBE', 'TSV'],
  ])('%j', (sql, verb, format) => {
    expect(read(sql)).toEqual({ verb, format });
  });

  test('ends before its semicolon', () => {
    expect(readStatement('SELECT 1 ; -- done')).toMatchObject({ end: 9 });
  });
});

describe('refused', () => {
  test.each([
    ['SELECT 1; SELECT 2', 'Multi-statements'],
    ['  -- nothing\n', 'Empty query'],
    ['quit', 'Syntax error'],
    ['KILL MUTATION WHERE 1', 'does not support KILL'],
    ["INSERT INTO t FROM INFILE 'x' FORMAT CSV", 'FROM INFILE'],
    ["SELECT 1 INTO OUTFILE 'x' FORMAT CSV", 'INTO OUTFILE'],
  ])('%j', (sql, words) => {
    expect(() => readStatement(sql)).toThrow(words);
  });
});
