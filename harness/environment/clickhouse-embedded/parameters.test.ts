import { describe, expect, test } from 'vitest';
import { prelude } from './execute.ts';
import { readParameters } from './parameters.ts';

const read = (query: string, headers = {}) => readParameters(new URLSearchParams(query), headers);

test('what is not reserved is a setting, what begins with param_ is a parameter', () => {
  const found = read('query=Q&query_id=i&database=d&max_threads=2&param_a=1&wait_end_of_query=1');
  expect(found).toMatchObject({ query: 'Q', queryId: 'i', database: 'd', waitEnd: true });
  expect([...found.settings]).toEqual([['max_threads', '2']]);
  expect([...found.queryParameters]).toEqual([['a', '1']]);
});

test('a quote or a backslash in a value stays in the value', () => {
  const found = read(`param_a=${encodeURIComponent("x\\' , max_threads = '1")}&database=a%60b`);
  expect(prelude(found, false)).toEqual([
    'USE `a\\`b`',
    "SET param_a = 'x\\\\\\' , max_threads = \\'1'",
  ]);
});

test('a name that is no name is refused as an unknown setting', () => {
  expect(() => read(`${encodeURIComponent('a = 1, b')}=2`)).toThrow(/UNKNOWN_SETTING/);
});

test('max_insert_block_size cuts the data of an INSERT and nothing else', () => {
  const found = read('max_insert_block_size=10');
  const asked = "SET max_insert_block_size = '10'";
  expect(prelude(found, true)).toEqual([`${asked}, max_block_size = '10'`]);
  expect(prelude(found, false)).toEqual([asked]);
  expect(prelude(read('max_insert_block_size=10&max_block_size=3'), true)).toEqual([
    `${asked}, max_block_size = '3'`,
  ]);
});

describe('user', () => {
  test.each([
    [{}, true],
    [{ 'x-clickhouse-user': 'default' }, true],
    [{ 'x-clickhouse-user': 'eve' }, false],
    [{ authorization: `Basic ${btoa('default:x')}` }, true],
    [{ authorization: `Basic ${btoa('eve:x')}` }, false],
    [{ authorization: 'Bearer x' }, false],
  ])('%j comes in: %s', (headers, comesIn) => {
    const outcome = () => read('', headers);
    if (comesIn) expect(outcome).not.toThrow();
    else expect(outcome).toThrow(/AUTHENTICATION_FAILED|NOT_IMPLEMENTED/);
  });
});
