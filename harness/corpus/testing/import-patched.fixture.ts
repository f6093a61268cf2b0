/**
 * A process of its own for the tests of patching, since a test runner has a loader of its own.
 *
 * It takes a list of `{ entry, patch, options }` as JSON, imports one after the other, and prints
 * what each did: the facts about the small graph, or the error.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { Patch } from '../patch.ts';
import { importPatched, type PatchOptions } from '../patched-modules.ts';
import * as clean from './graph-entry.fixture.ts';

interface Job {
  readonly entry: string;
  readonly patch: Patch;
  readonly options?: PatchOptions;
}

function attempt(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return { thrown: String(error), ours: error instanceof TidemarkError };
  }
}

async function run({ entry, patch, options }: Job): Promise<unknown> {
  try {
    const module = await importPatched<typeof clean>(entry, patch, options);
    if (module.answer === undefined) return { exports: Object.keys(module) };
    return {
      patched: attempt(() => module.answer(11)),
      later: await module.answerLater(11).catch(String),
      beyond: attempt(() => module.answer(101)),
      calls: module.calls(),
      clean: attempt(() => clean.answer(11)),
      samePackage: module.z === clean.z,
      sameModule: module.answer === clean.answer,
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: error.name, code: 'code' in error ? error.code : null, message: error.message };
  }
}

const jobs: Job[] = JSON.parse(process.argv[2] ?? '[]');
const results: unknown[] = [];
for (const job of jobs) results.push(await run(job));
process.stdout.write(JSON.stringify(results));
