/** What docs/foil.md says of each defect is what its schedule is. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { defects } from './defects.ts';
import { instants, realAppends, realUnique } from './eleven-million.ts';

const text = readFileSync(resolve(import.meta.dirname, '../../docs/foil.md'), 'utf8');
const cells = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const rows = text.split('\n').filter((line) => line.startsWith('| D'));

test('the table has every defect, with its codes, its trades and its faults', () => {
  const told = rows.map(cells).map(([name, codes, , trades, faults]) => ({
    id: name!.split(' ')[0]!,
    codes: codes!.split(', '),
    trades: Number(trades),
    faults: Number(faults),
  }));
  const are = defects.map(({ id, codes, schedule }) => ({
    id,
    codes,
    trades: schedule.workload.reduce((sum, { trades }) => sum + trades, 0),
    faults: schedule.faults.length,
  }));
  expect(told).toEqual(are);
});

test('the arithmetic of 12 February is told as it is', () => {
  const number = (value: number) => value.toLocaleString('en-US');
  const sum = realAppends.reduce((total, { rows: real }) => total + real, 0);
  const inInstants = realAppends.reduce((total, { rows: real }) => total + instants(real), 0);
  const told = (name: string) => cells(text.split('\n').find((line) => line.includes(name))!);
  const last = (found: readonly string[]) => found.slice(1).map((cell) => cell.replaceAll('*', ''));
  expect(last(told('| sum'))).toEqual([sum, inInstants, inInstants].map(number));
  const unique = instants(realUnique);
  expect(last(told('| unique'))).toEqual([realUnique, unique, unique].map(number));
  const surplus = inInstants - unique;
  expect(last(told('| **surplus**'))).toEqual([sum - realUnique, surplus, surplus].map(number));
});
