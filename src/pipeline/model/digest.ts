/**
 * The order-independent digest of a set of rows (docs/reference/digest.md).
 *
 * Digests of disjoint sets add up, so a merged range needs no second look at its rows. This file
 * has the algebra only; the hash of a row is computed where the row lives.
 */

export interface Digest {
  readonly rows: bigint;
  /** Sum of the row hashes modulo 2^64. */
  readonly sum: bigint;
}

export const emptyDigest: Digest = { rows: 0n, sum: 0n };

export function addDigests(a: Digest, b: Digest): Digest {
  return { rows: a.rows + b.rows, sum: BigInt.asUintN(64, a.sum + b.sum) };
}

export function sameDigest(a: Digest, b: Digest): boolean {
  return a.rows === b.rows && a.sum === b.sum;
}

/** `rows:hex16`, as the reports write it. */
export function digestText(digest: Digest): string {
  return `${digest.rows}:${digest.sum.toString(16).padStart(16, '0')}`;
}
