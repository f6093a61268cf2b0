/** The lesser and the greater of two bigints; Math.min and Math.max take numbers only. */
export function least(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

export function greatest(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}
