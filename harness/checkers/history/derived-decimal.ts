/**
 * Decimals of candles as whole numbers of their smallest unit, so that no sum is ever rounded.
 */

/** Digits behind the point; no source of trades has more. */
const scale = 18;
const form = /^(\d{1,30})(?:\.(\d{1,18}))?$/;

/** Stands for what is no number; less than any sum of decimals could ever make up for. */
export const unreadable = -(10n ** 60n);

/** `12.5` as 12.5 * 10^18; `unreadable` for a text that is no plain decimal. */
export function decimal(text: string): bigint {
  const [, whole = '', fraction = ''] = form.exec(text) ?? [];
  return whole === '' ? unreadable : BigInt(`${whole}${fraction.padEnd(scale, '0')}`);
}

/** The shortest text of it. */
export function decimalText(value: bigint): string {
  const digits = `${value}`.padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '');
}
