import { expect, test } from 'vitest';
import { SequenceBook } from './sequence-book.ts';

test('sequences are sums of records, and a repeated batch keeps its number', () => {
  const book = new SequenceBook();
  expect(book.first(0, '7/0', 0, 100)).toBe(0);
  expect(book.first(0, '7/0', 1, 50)).toBe(100);
  expect(book.first(0, '7/0', 1, 50)).toBe(100);
  expect(book.first(0, '7/0', 2, 1)).toBe(150);
  expect(book.first(1, '7/0', 0, 9)).toBe(0);
});

test('a new producer id begins at 0', () => {
  const book = new SequenceBook();
  book.first(0, '7/0', 0, 100);
  expect(book.first(0, '8/0', 0, 100)).toBe(0);
  expect(book.first(0, '8/0', 1, 100)).toBe(100);
});

test('sequences begin again after 2^31 - 1', () => {
  const book = new SequenceBook();
  expect(book.first(0, '7/0', 0, 2 ** 31 - 10)).toBe(0);
  expect(book.first(0, '7/0', 1, 30)).toBe(2 ** 31 - 10);
  expect(book.first(0, '7/0', 2, 5)).toBe(20);
});

test('an order that can not be right is refused', () => {
  const book = new SequenceBook();
  book.first(0, '7/0', 0, 100);
  expect(() => book.first(0, '7/0', 2, 1)).toThrow(RangeError);
  expect(() => book.first(0, '7/0', 0, 99)).toThrow(/batch 0 of 99 records/);
  expect(() => book.first(0, '8/0', 1, 1)).toThrow(RangeError);
});
