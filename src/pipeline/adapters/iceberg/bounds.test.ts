import { expect, test } from 'vitest';
import { dayOfMicros, dayOfText, decodeStatistic, encodeBound, physicalTypes } from './bounds.ts';

const decimal = 'decimal(38, 8)';
const text = (value: string, side: 'lower' | 'upper') =>
  encodeBound('string', Buffer.from(value), side)?.toString();

test('a decimal is read by its physical type: the same bytes mean different numbers', () => {
  const bytes = Buffer.from('0000000000000001', 'hex');
  expect(decodeStatistic(decimal, physicalTypes.fixedLength, bytes)).toBe(1n);
  expect(decodeStatistic(decimal, physicalTypes.int64, bytes)).toBe(2n ** 56n);
});

test.each([
  [0n, '00'],
  [127n, '7f'],
  [128n, '0080'],
  [-1n, 'ff'],
  [-128n, '80'],
  [-129n, 'ff7f'],
  [10n ** 38n - 1n, '4b3b4ca85a86c47a098a223fffffffff'],
  [1n - 10n ** 38n, 'b4c4b357a5793b85f675ddc000000001'],
])('decimal %s is stored in as few bytes as hold its sign', (value, hex) => {
  expect(encodeBound(decimal, value, 'lower')?.toString('hex')).toBe(hex);
  const padded = Buffer.from(BigInt.asUintN(128, value).toString(16).padStart(32, '0'), 'hex');
  expect(decodeStatistic(decimal, physicalTypes.fixedLength, padded)).toBe(value);
});

test('numbers and times are stored little endian', () => {
  expect(encodeBound('int', -2n, 'lower')?.toString('hex')).toBe('feffffff');
  expect(encodeBound('timestamptz', 1n, 'upper')?.toString('hex')).toBe('0100000000000000');
});

test('a long text is cut to 16 characters, and a cut upper bound is raised above it', () => {
  expect(text('abcdefghijklmnop', 'upper')).toBe('abcdefghijklmnop');
  expect(text('abcdefghijklmnopq', 'lower')).toBe('abcdefghijklmnop');
  expect(text('abcdefghijklmnopq', 'upper')).toBe('abcdefghijklmnoq');
  expect(text(`${'ü'.repeat(16)}x`, 'upper')).toBe(`${'ü'.repeat(15)}ý`);
});

test('raising steps over surrogates and carries past the last character', () => {
  expect(text(`${'a'.repeat(15)}\u{d7ff}z`, 'upper')).toBe(`${'a'.repeat(15)}\u{e000}`);
  expect(text(`${'a'.repeat(15)}\u{10ffff}z`, 'upper')).toBe(`${'a'.repeat(14)}b`);
  expect(text('\u{10ffff}'.repeat(17), 'upper')).toBeUndefined();
});

test('bytes that are not UTF-8 get no bound instead of a wrong one', () => {
  expect(encodeBound('string', Buffer.from([0xff, 0xfe]), 'lower')).toBeUndefined();
});

test('the microsecond before midnight, also before 1970, belongs to the old day', () => {
  expect(dayOfMicros(86_400_000_000n - 1n)).toBe(0);
  expect(dayOfMicros(-1n)).toBe(-1);
  expect(dayOfMicros(-86_400_000_000n)).toBe(-1);
  expect(dayOfText('1969-12-31')).toBe(-1);
  expect(() => dayOfText('31.12.1969')).toThrow(/YYYY-MM-DD/);
  expect(() => dayOfText('2026-02-30')).toThrow(/YYYY-MM-DD/);
});
