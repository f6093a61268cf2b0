/**
 * Commit races: several writers on one table, interleaved at will, with lost and lying answers and
 * a maintenance job in between. Exactly one wins each version, every batch is in the table once, and
 * whatever the table still names can be read.
 *
 * The table is judged by the checkers' readers, which share no code with the engine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkLineage } from '../harness/checkers/lake/check-lineage.ts';
import { checkReferences } from '../harness/checkers/lake/check-references.ts';
import { readPresence } from '../harness/checkers/lake/file-presence.ts';
import { createLocalFiles } from '../harness/checkers/lake/lake-files.ts';
import { readLake } from '../harness/checkers/lake/lake-metadata.ts';
import { currentSnapshot, filesOf } from '../harness/checkers/lake/lake-state.ts';
import {
  folderOf,
  type Race,
  type RaceEnd,
  runRace,
  writeTemplate,
} from './commit-race.test-kit.ts';
import { seededTests } from './seeded.ts';
import { inTurns } from './turns.test-kit.ts';

const seededTest = seededTests(import.meta.filename);
const root = mkdtempSync(join(tmpdir(), 'tidemark-races-'));
const template = join(root, 'template.parquet');
let races = 0;

beforeAll(() => writeTemplate(template));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function raced(race: Race): Promise<RaceEnd> {
  races += 1;
  return runRace(race, folderOf(root, races), template);
}

const choices = fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 60, size: 'max' });
const writers = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });
const fault = fc.constantFrom(
  'none',
  'none',
  'lost-before',
  'lost-after',
  'conflict',
  'fenced',
  'lying-conflict',
);
const race: fc.Arbitrary<Race> = fc.record({
  writers,
  maintenance: fc.nat({ max: 3 }),
  choices,
  faults: fc.array(fault, { maxLength: 8 }),
});

const batchesOf = (counts: readonly number[]) =>
  counts.flatMap((count, i) => Array.from({ length: count }, (_, n) => `batch-${i}-${n}`));

/** The table at the pointer, by readers of other hands: whole, one line, each batch's file once. */
async function expectWhole(end: RaceEnd, batches: number): Promise<void> {
  const files = createLocalFiles();
  const state = await readLake(files, end.pointer);
  expect(state.unreadable).toEqual([]);
  expect(checkLineage(state)).toEqual([]);
  const presence = await readPresence(files, state);
  const wrong = checkReferences(state, presence).filter((one) => one.code !== 'orphan-file');
  expect(wrong).toEqual([]);
  const current = currentSnapshot(state)!;
  const data = filesOf(state, current);
  expect(new Set(data.map((one) => one.uri)).size).toBe(batches);
  expect(data).toHaveLength(batches);
  expect(current.summary['total-records']).toBe(String(2 * batches));
  const listed = (current.manifests ?? []).reduce(
    (sum, one) => sum + one.addedRows + one.existingRows,
    0n,
  );
  expect(listed).toBe(2n * BigInt(batches));
}

describe('writers who race for one table', () => {
  seededTest(
    'exactly one wins each version, and every batch is committed once',
    fc.asyncProperty(race, async (drawn) => {
      const end = await raced(drawn);
      const bases = end.won.map((one) => one.base);
      expect(new Set(bases).size).toBe(bases.length);
      const locations = end.won.map((one) => one.location);
      expect(bases.slice(1)).toEqual(locations.slice(0, -1));
      expect(locations.at(-1)).toBe(end.pointer);
      const appended = end.committed.filter((one) => one.startsWith('batch-'));
      expect(appended.toSorted()).toEqual(batchesOf(drawn.writers).toSorted());
      await expectWhole(end, appended.length);
    }),
    { runs: 20 },
  );

  seededTest(
    'when every answer comes and is true, a loser leaves nothing behind',
    fc.asyncProperty(writers, choices, async (counts, order) => {
      const end = await raced({ writers: counts, maintenance: 0, choices: order, faults: [] });
      expect(end.failures.filter((code) => code !== 'conflict')).toEqual([]);
      expect(await end.orphans()).toEqual([]);
      await expectWhole(end, batchesOf(counts).length);
    }),
    { runs: 8 },
  );
});

test('the races are races: two who take turns meet on one base, and one of them loses', async () => {
  const end = await raced({ writers: [2, 2], maintenance: 0, choices: [0, 1], faults: [] });
  expect(end.failures).toContain('conflict');
  expect(end.won).toHaveLength(4);
});

test('a catalog that does not compare is caught: a version is won twice and a batch is lost', async () => {
  const race = { writers: [2, 2], maintenance: 0, choices: [0, 1], faults: [], blindCatalog: true };
  const end = await raced(race);
  const bases = end.won.map((one) => one.base);
  expect(new Set(bases).size).toBeLessThan(bases.length);
  await expect(expectWhole(end, 4)).rejects.toThrow(/to be 4|length of 4/);
});

test('a list of choices is one interleaving, and another list another one', async () => {
  const order = async (list: readonly number[]) => {
    const seen: string[] = [];
    const worker = (name: string) => async (turn: () => Promise<void>) => {
      for (let i = 0; i < 3; i += 1) {
        await turn();
        seen.push(name);
      }
    };
    await inTurns(list, [worker('a'), worker('b')]);
    return seen.join('');
  };
  expect(await order([0])).toBe('aaabbb');
  expect(await order([1])).toBe('bbbaaa');
  expect(await order([0, 1])).toBe('ababab');
  expect(await order([1, 0, 0])).toBe('baabab');
});
