/** Symbols are found by their bytes, and more of them than fit do no harm. */
import { expect, it } from 'vitest';
import { xxHash64Text } from '../digest/xxhash64.ts';
import { SymbolTable } from './symbol-table.ts';

it('gives the same entry for the same bytes, wherever they stand, with their hash', () => {
  const table = new SymbolTable();
  const bytes = Buffer.from('xxBTCUSDTyyBTCUSDCBTCUSDT');
  const entry = table.find(bytes, 2, 9);
  expect(entry.text).toBe('BTCUSDT');
  expect(entry.hash.toBigInt()).toBe(xxHash64Text('BTCUSDT').toBigInt());
  expect(table.find(bytes, 18, 25)).toBe(entry);
  expect(table.find(bytes, 11, 18).text).toBe('BTCUSDC');
  expect(table.findText('BTCUSDT')).toBe(entry);
});

it('keeps a symbol when the buffer it was found in is used again', () => {
  const table = new SymbolTable();
  const bytes = Buffer.from('BTCUSDT');
  const entry = table.find(bytes, 0, 7);
  bytes.fill('X');
  expect(table.findText('BTCUSDT')).toBe(entry);
  expect(table.find(bytes, 0, 7).text).toBe('XXXXXXX');
});

it('starts anew when it is full and goes on answering right', () => {
  const table = new SymbolTable();
  for (let i = 0; i < 40_000; i += 1) {
    expect(table.findText(`S${i}`).text).toBe(`S${i}`);
    expect(table.findText(`S${i % 7}`).text).toBe(`S${i % 7}`);
  }
});
