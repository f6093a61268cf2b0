/** The list of all checkers is all there are, and each has its place in the reference. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { allCheckers } from './all-checkers.ts';
import { swing } from './case-facts.ts';
import { log } from './log-case-facts.ts';

const folder = import.meta.dirname;
const reference = resolve(folder, '../../../docs/reference/anomalies.md');

test('every checker with cases is in the list, under the name of its file', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.cases.ts'));
  const names = allCheckers.map(({ name }) => name);
  expect(names.toSorted()).toEqual(files.map((name) => name.replace('.cases.ts', '')).toSorted());
  expect(new Set(names).size).toBe(names.length);
});

test('every code is in the reference of anomalies', () => {
  const text = readFileSync(reference, 'utf8');
  const codes = new Set(allCheckers.flatMap((checker) => checker.codes));
  expect([...codes].filter((code) => !text.includes(`| \`${code}\``))).toEqual([]);
});

test('the lake is asked for where there is one, or where there should be', () => {
  const lake = allCheckers.filter(({ name }) => name.startsWith('lake-'));
  const first = swing(null, 'm0', null);
  for (const { name, applies } of lake) {
    expect([name, applies?.(log([], { hasLedger: true }))]).toEqual([name, true]);
    expect([name, applies?.(log([first], { hasLedger: false }))]).toEqual([name, true]);
    expect([name, applies?.(log([], { hasLedger: false }))]).toEqual([name, false]);
  }
});
