/**
 * A process of its own that runs all mutants of the small graph's far end against two checks, one
 * of which does not look at the boundary, and prints both scores.
 */
import assert from 'node:assert/strict';
import { type Fate, judgeMutants } from '../mutants/judge-mutants.ts';
import { type Mutant, mutantPatch } from '../mutants/mutant.ts';
import { mutantsOf } from '../mutants/mutants-of.ts';
import { importPatched } from '../patched-modules.ts';

const folder = 'harness/corpus/testing';
const leaf = `${folder}/graph-leaf.fixture.ts`;
type Leaf = typeof import('./graph-leaf.fixture.ts');

/** Each check has modules of its own, so that neither sees what the other left behind. */
function checked(check: string, values: readonly number[]) {
  return async (mutant: Mutant): Promise<Fate> => {
    const options = { folders: [folder] };
    const patch = { ...mutantPatch(mutant), id: `${check} ${mutant.id}` };
    const { bounded, state } = await importPatched<Leaf>(leaf, patch, options);
    const verdicts = values.map((value) => {
      try {
        return bounded(value, 10);
      } catch (error) {
        return String(error);
      }
    });
    const expected = values.map((v) => (v > 10 ? `TidemarkError: ${v} is more than 10` : v));
    assert.deepEqual(verdicts, expected);
    assert.equal(state.calls, values.length);
    return 'survived';
  };
}

const mutants = mutantsOf(leaf);
const strict = await judgeMutants(mutants, checked('strict', [9, 10, 11]));
const lax = await judgeMutants(mutants, checked('lax', [9, 11]));
process.stdout.write(JSON.stringify({ strict, lax }));
