/**
 * The runner of the properties fails when it should: a wrong implementation is caught, and the
 * message alone is enough to see it, to repeat it and to keep it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromKept, toKept } from './kept-values.ts';
import { checkSeeded, type KeptCounterexample, settingOf } from './seeded.ts';

const file = join(import.meta.dirname, 'planted.property.test.ts');
const title = "a range's span counts both ends (63 bits)";
const setting = { seed: 42, runsFactor: 1 };

type Span = (first: bigint, last: bigint) => bigint;
const right: Span = (first, last) => last - first + 1n;
const offByOne: Span = (first, last) => last - first;
/** Wrong for one length only, which no short search will meet. */
const rare: Span = (first, last) => (last - first === 770_417n ? 0n : last - first + 1n);

const offset = fc.bigInt({ min: 0n, max: 2n ** 62n });
const counts = (span: Span) =>
  fc.property(offset, offset, (first, length) => {
    expect(span(first, first + length)).toBe(length + 1n);
  });

async function messageOf(property: fc.IProperty<[bigint, bigint]>, kept: KeptCounterexample[]) {
  const ended = checkSeeded(file, title, property, { runs: 50 }, setting, kept);
  return await ended.then(
    () => null,
    (error: Error) => error.message,
  );
}

describe('a planted wrong implementation', () => {
  test('is caught, with the counterexample, the seed and the line that replays it', async () => {
    const message = await messageOf(counts(offByOne), []);
    expect(message).toContain('expected 0n to be 1n');
    expect(message).toContain('Counterexample: [0n,0n]');
    expect(message).toContain('Seed 42; another one by TIDEMARK_SEED');
    expect(message?.split('\n').at(-1)).toBe(
      'TIDEMARK_SEED=42 npx vitest run --project unit properties/planted.property.test.ts' +
        " -t 'a range.s span counts both ends .63 bits.'",
    );
  });

  test('the right one passes, with the same seed and the same values', async () => {
    expect(await messageOf(counts(right), [])).toBe(null);
  });

  test('an asynchronous one is caught as well', async () => {
    const property = fc.asyncProperty(offset, async (first) => {
      expect(offByOne(first, first)).toBe(1n);
    });
    await expect(checkSeeded(file, title, property, {}, setting, [])).rejects.toThrow(/\[0n\]/);
  });

  test('the same seed finds the same counterexample, another seed has other values', async () => {
    const seen: Record<number, bigint[]> = { 1: [], 2: [], 3: [] };
    for (const [run, seed] of [
      [1, 7],
      [2, 7],
      [3, 8],
    ] as const) {
      const property = fc.property(offset, (value) => void seen[run]!.push(value));
      await checkSeeded(file, title, property, {}, { seed, runsFactor: 1 }, []);
    }
    expect(seen[1]).toHaveLength(100);
    expect(seen[2]).toEqual(seen[1]);
    expect(seen[3]).not.toEqual(seen[1]);
  });
});

describe('time that is up', () => {
  /** Works until the property's time is over, as often as it is asked. */
  const slow = (fails: boolean) =>
    fc.property(offset, () => {
      for (let i = 0n; i < 20_000n; i += 1n) offByOne(i, i * i);
      expect(fails).toBe(false);
    });

  test('is told as such: a search that was cut short has proven nothing', async () => {
    const options = { runs: 1_000_000, durationMsMax: 30 };
    const ended = checkSeeded(file, title, slow(false), options, setting, []);
    await expect(ended).rejects.toThrow(
      /gave up after \d+ values, for time was up\nTIDEMARK_SEED=42/,
    );
  });

  test('while a counterexample shrinks, the counterexample is told', async () => {
    const ended = checkSeeded(file, title, slow(true), { durationMsMax: 30 }, setting, []);
    await expect(ended).rejects.toThrow(/Counterexample: \[\d+n\]/);
  });
});

describe('a kept counterexample', () => {
  const kept: KeptCounterexample = {
    property: title,
    found: 'one length is wrong',
    counterexample: [{ $bigint: '5' }, { $bigint: '770417' }],
  };

  test('is what finds the rare bug again: no short search does', async () => {
    expect(await messageOf(counts(rare), [])).toBe(null);
    expect(await messageOf(counts(rare), [kept])).toContain('Counterexample: [0n,770417n]');
  });

  test('of another property is left alone', async () => {
    expect(await messageOf(counts(rare), [{ ...kept, property: 'another one' }])).toBe(null);
  });

  test('is printed by a failure in the form in which it is kept', async () => {
    const message = await messageOf(counts(offByOne), []);
    const line = message!.split('\n').find((one) => one.startsWith('Keep it in'))!;
    expect(line).toContain('properties/regressions/planted.json: ');
    const entry = JSON.parse(line.slice(line.indexOf('{'))) as KeptCounterexample;
    expect(entry.property).toBe(title);
    expect(entry.counterexample.map(fromKept)).toEqual([0n, 0n]);
  });

  test('names a property that exists', () => {
    const folder = join(import.meta.dirname, 'regressions');
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const kept = JSON.parse(readFileSync(join(folder, name), 'utf8')) as KeptCounterexample[];
      const owner = join(import.meta.dirname, name.replace(/json$/, 'property.test.ts'));
      const source = readFileSync(owner, 'utf8');
      for (const { property, found } of kept) {
        expect(source, `${name}: ${property}`).toContain(`'${property}'`);
        expect(found, `${name} says what went wrong`).toMatch(/\w{3}/);
      }
    }
  });
});

test('every value that JSON does not know comes back as it was', () => {
  const values = [2n ** 63n, -1n, undefined, -0, Number.NaN, Number.NEGATIVE_INFINITY, null, ''];
  const nested = [{ bytes: Buffer.from([0, 255]), list: values, $: 'text', deep: { x: [[]] } }];
  for (const value of [values, nested, {}, [], 'text', 1.5, true]) {
    expect(fromKept(JSON.parse(JSON.stringify(toKept(value))))).toEqual(value);
  }
  expect(() => toKept([() => 1])).toThrow(/function/);
  expect(() => toKept(new Map())).toThrow(/Map/);
});

test('the environment sets the seed and the number of values, and nonsense is refused', () => {
  expect(settingOf({})).toEqual({ seed: 1_723_161_255, runsFactor: 1 });
  expect(settingOf({ TIDEMARK_SEED: '-5', TIDEMARK_RUNS: '20' })).toEqual({
    seed: -5,
    runsFactor: 20,
  });
  for (const text of ['x', '1.5', '2147483648', ' 1']) {
    expect(() => settingOf({ TIDEMARK_SEED: text })).toThrow(/TIDEMARK_SEED is an integer/);
  }
});
