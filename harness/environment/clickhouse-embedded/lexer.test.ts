import { expect, test } from 'vitest';
import { tokens } from './lexer.ts';

const texts = (sql: string) => [...tokens(sql)].map((token) => token.text);

test('words come in upper case, strings and quoted names as written', () => {
  expect(texts("select 'it''s \\' x' , `a``b`, \"c\"")).toEqual([
    'SELECT',
    "'it''s \\' x'",
    ',',
    '`a``b`',
    ',',
    '"c"',
  ]);
});

test('comments of every kind are skipped, and quotes inside them open nothing', () => {
  expect(texts("1 -- it's\n2 /* ' */ 3 #! x\n4 # y\n5")).toEqual(['1', '2', '3', '4', '5']);
});

test('a heredoc is one string', () => {
  expect(texts('SELECT $q$ ; FORMAT $$ x $q$ FORMAT')).toEqual([
    'SELECT',
    '$q$ ; FORMAT $$ x $q$',
    'FORMAT',
  ]);
});

test('depth counts the brackets around a token; a bracket has the depth outside of it', () => {
  const depths = [...tokens('a(b[c])d')].map((token) => `${token.text}${token.depth}`);
  expect(depths).toEqual(['A0', '(0', 'B1', '[1', 'C2', ']1', ')0', 'D0']);
});

test('what is not closed runs to the end of the text', () => {
  expect(texts("a 'b")).toEqual(['A', "'b"]);
  expect(texts('a /* b')).toEqual(['A']);
});

test('nothing after the token last asked for is looked at', () => {
  const source = tokens(`FORMAT CSV ${"'".repeat(3)}`);
  expect(source.next().value).toMatchObject({ text: 'FORMAT' });
  expect(source.next().value).toMatchObject({ text: 'CSV', start: 7, end: 10 });
});
