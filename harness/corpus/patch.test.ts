/**
 * Edits on small texts: where they land, and when they are refused.
 */
import { expect, test } from 'vitest';
import { type Edit, patchedText } from './patch.ts';

const apply = (text: string, ...edits: Omit<Edit & { at?: number }, 'file'>[]) =>
  patchedText(
    'p',
    'f.ts',
    text,
    edits.map((edit) => ({ file: 'f.ts', ...edit })),
  );

test('a text that stands there once is replaced, dollars and all', () => {
  expect(apply('a < b', { find: '<', replace: '$&' })).toBe('a $& b');
});

test('a position picks one of several occurrences', () => {
  expect(apply('x + x', { find: 'x', replace: 'y', at: 4 })).toBe('x + y');
});

test('several edits land where they were meant, in whatever order they are given', () => {
  const second = { find: 'x', replace: 'long', at: 4 };
  expect(apply('x + x', second, { find: 'x', replace: 'wide', at: 0 })).toBe('wide + long');
});

test('a position at which the text no longer stands is refused', () => {
  expect(() => apply('y + x', { find: 'x', replace: 'y', at: 0 })).toThrow(
    'patch p: f.ts: "x" does not stand at 0',
  );
});

test('a text that occurs never or twice is refused', () => {
  expect(() => apply('x', { find: 'y', replace: '' })).toThrow('"y" occurs 0 times');
  expect(() => apply('x x', { find: 'x', replace: '' })).toThrow('"x" occurs 2 times');
});

test('edits that overlap, name nothing or change nothing are refused', () => {
  const overlap = [
    { find: 'ab', replace: '' },
    { find: 'bc', replace: '' },
  ];
  expect(() => apply('abc', ...overlap)).toThrow('two edits overlap');
  expect(() => apply('abc', { find: '', replace: 'x' })).toThrow('must name the text');
  expect(() => apply('abc', { find: 'a', replace: 'a' })).toThrow('by itself');
});
