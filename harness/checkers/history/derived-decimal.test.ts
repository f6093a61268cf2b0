import { expect, test } from 'vitest';
import { decimal, decimalText, unreadable } from './derived-decimal.ts';

test('a decimal is exact to its last digit, and its text is the shortest', () => {
  for (const [text, value, shortest] of [
    ['0', 0n, '0'],
    ['1', 10n ** 18n, '1'],
    ['0010.50', 105n * 10n ** 17n, '10.5'],
    ['0.000000000000000001', 1n, '0.000000000000000001'],
    ['0.1', 10n ** 17n, '0.1'],
    ['123456789012345678901234567890', 123456789012345678901234567890n * 10n ** 18n, null],
  ] as const) {
    expect(decimal(text)).toBe(value);
    expect(decimalText(value)).toBe(shortest ?? text);
  }
});

test('what is no plain decimal is no number, and never an exception', () => {
  const no = ['', ' 1', '-1', '+1', '1,5', '1e3', '1.', '.5', '0.1234567890123456789', 'NaN', '١'];
  for (const text of [...no, '9'.repeat(31)]) expect(decimal(text)).toBe(unreadable);
});
