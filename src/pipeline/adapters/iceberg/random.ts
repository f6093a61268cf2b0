/**
 * Random bytes as a parameter, and the two things the engine makes of them: names and snapshot ids.
 *
 * A name is never used twice, because a file that a snapshot may reference must never be written
 * again; so every attempt has a fresh UUID in all its names. Tests give their own bytes to make a
 * name collide on purpose.
 */
import { randomBytes } from 'node:crypto';

/** Exactly `size` unpredictable bytes. */
export type RandomBytes = (size: number) => Uint8Array;

export const systemRandom: RandomBytes = (size) => randomBytes(size);

/** A version 4 UUID. */
export function randomUuid(random: RandomBytes): string {
  const bytes = Buffer.from(random(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join('-');
}

/** A positive number of 63 bits, the range of Iceberg's snapshot ids. */
export function randomSnapshotId(random: RandomBytes): bigint {
  return (Buffer.from(random(8)).readBigUInt64LE() >> 1n) | 1n;
}
