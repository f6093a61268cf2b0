/**
 * The algebra that the whole proof rests on: digests of parts add up to the digest of the whole,
 * in any order and however the parts are cut.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { referenceMix } from '../harness/checkers/digest/reference-digest.ts';
import { addDigests, type Digest, emptyDigest, sameDigest } from '../src/pipeline/model/digest.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);
const hashes = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 60 });

const digestOf = (rows: readonly bigint[]): Digest => ({
  rows: BigInt(rows.length),
  sum: BigInt.asUintN(
    64,
    rows.reduce((sum, row) => sum + row, 0n),
  ),
});

seededTest(
  'digests: cut anywhere, the parts add up to the whole',
  fc.property(hashes, fc.nat(), (rows, at) => {
    const cut = rows.length === 0 ? 0 : at % rows.length;
    const parts = [digestOf(rows.slice(0, cut)), digestOf(rows.slice(cut))] as const;
    expect(addDigests(...parts)).toEqual(digestOf(rows));
  }),
);

seededTest(
  'digests: order does not matter, nothing is neutral',
  fc.property(hashes, hashes, (a, b) => {
    expect(addDigests(digestOf(a), digestOf(b))).toEqual(addDigests(digestOf(b), digestOf(a)));
    expect(addDigests(digestOf(a), emptyDigest)).toEqual(digestOf(a));
  }),
);

seededTest(
  'digests: a row lost and another one twice is seen, although the counts agree',
  fc.property(fc.uniqueArray(fc.bigInt({ min: 0n, max: 2n ** 63n }), { minLength: 2 }), (words) => {
    const rows = words.map(referenceMix);
    const wrong = [...rows.slice(1), rows.at(-1)!];
    fc.pre(rows[0] !== rows.at(-1));
    expect(sameDigest(digestOf(rows), digestOf(wrong))).toBe(false);
  }),
);
