/**
 * Runs the cases of checkers on one mutant after the other, in a thread that can be ended.
 *
 * A mutant is killed when a case comes out with another result than it expects; a case that throws
 * is an error and kills nothing.
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { type Case, expectedOf, resultOf } from '../../checkers/history/case.ts';
import type { HistoryChecker } from '../../checkers/history/checker.ts';
import { importPatched } from '../patched-modules.ts';
import type { Fate } from './judge-mutants.ts';
import { type Mutant, mutantPatch } from './mutant.ts';

export interface MutantTask {
  readonly mutant: Mutant;
  readonly checkers: ReadonlyArray<{ readonly checker: string; readonly cases: string }>;
}

export interface MutantAnswer {
  readonly fate: Fate;
  readonly reason: string;
}

const root = resolve(import.meta.dirname, '../../..');

const isChecker = (value: unknown): value is HistoryChecker =>
  typeof value === 'object' && value !== null && 'check' in value && 'guarantee' in value;

async function fateOf({ mutant, checkers }: MutantTask): Promise<MutantAnswer> {
  let broken: string | null = null;
  for (const { checker, cases } of checkers) {
    const patched = await importPatched<Record<string, unknown>>(checker, mutantPatch(mutant), {
      folders: ['harness/checkers/history'],
      shared: ['harness/checkers/history/history.ts'],
    });
    const own: { cases: readonly Case[] } = await import(pathToFileURL(join(root, cases)).href);
    const one = Object.values(patched).find(isChecker);
    if (one === undefined) throw new Error(`${checker} exports no checker`);
    for (const each of own.cases) {
      try {
        if (!isDeepStrictEqual(resultOf(one, each), expectedOf(each))) {
          return { fate: 'killed', reason: `${checker}: ${each.title}` };
        }
      } catch (error) {
        broken ??= String(error);
      }
    }
  }
  if (broken !== null) return { fate: 'error', reason: broken };
  return { fate: 'survived', reason: 'every case came out as before' };
}

parentPort!.on('message', (task: MutantTask) => {
  fateOf(task).then(
    (answer) => parentPort!.postMessage(answer),
    (error: unknown) => {
      const answer: MutantAnswer = { fate: 'error', reason: String(error) };
      parentPort!.postMessage(answer);
    },
  );
});
