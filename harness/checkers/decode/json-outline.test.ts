/** Top-level members with their source, and the limits that go beyond JSON's grammar. */
import { expect, it } from 'vitest';
import { depthMax, outlineJson } from './json-outline.ts';

it('keeps each top-level member with its source as it is written, doubles included', () => {
  const text =
    ' { "a" : 1.50 , "b":{"a":[1,{"c":2}],"x":","} ,"\\u0061":"q\\"}", "":[ ] ,"n":null\n} ';
  expect(outlineJson(text)).toEqual({
    fits: true,
    members: [
      { key: 'a', source: '1.50' },
      { key: 'b', source: '{"a":[1,{"c":2}],"x":","}' },
      { key: 'a', source: '"q\\"}"' },
      { key: '', source: '[ ]' },
      { key: 'n', source: 'null' },
    ],
  });
});

it('an object without members is an object, anything else is none', () => {
  expect(outlineJson(' {} ').members).toEqual([]);
  for (const text of ['[{"a":1}]', '"{"', '0', 'null']) {
    expect(outlineJson(text)).toEqual({ fits: true, members: null });
  }
});

const arrays = (depth: number, inner: string) => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;

it.each([
  [true, arrays(depthMax, '0')],
  [false, arrays(depthMax + 1, '0')],
  [true, arrays(depthMax, '[ ]')],
  [true, '[18446744073709551615,-9223372036854775808,-0,1e308,1e-999,0e999]'],
  [false, '[18446744073709551616]'],
  [false, '[-9223372036854775809]'],
  [false, '[-1e309]'],
  [true, `[0.${'1'.repeat(500)}]`],
  [false, `[${'1'.repeat(500)}]`],
  [true, '["\\ud83d\\ude00","\\\\ud800"]'],
  [false, '["\\ude00\\ud83d"]'],
  [false, '{"\\ud83d":1}'],
])('fits is %s (%#)', (fits, text) => {
  expect(outlineJson(text).fits).toBe(fits);
});
