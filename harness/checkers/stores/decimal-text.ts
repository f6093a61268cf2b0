/**
 * Decimals with 8 places as canonical text, from their unscaled integer: 6000012000000n is
 * `60000.12000000`.
 *
 * Exact at any size, because no float is involved.
 */
const scale = 8;

export function decimalText(unscaled: bigint): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
