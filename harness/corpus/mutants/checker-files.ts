/**
 * Which checker decides about which file: for every file of the history checkers, the checkers
 * whose code it is part of.
 *
 * A lie in a fold is a lie of every checker that uses the fold, so the cases of all of those may
 * catch it. Imports are read from the text; types count as well, which costs a few idle runs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const folder = 'harness/checkers/history';

/** Files that are no part of a decision: shapes, cases and what reads and writes histories. */
const noDecision =
  /(\.test|\.cases|\.test-kit)\.ts$|^(case|case-builder|case-facts|checker|history|history-file|all-checkers)\.ts$/;

export interface CheckerFiles {
  /** A path from the root. */
  readonly file: string;
  /** Checkers with cases of their own that the file is part of. */
  readonly checkers: ReadonlyArray<{ readonly checker: string; readonly cases: string }>;
}

function importsOf(name: string): string[] {
  const text = readFileSync(join(root, folder, name), 'utf8');
  return [...text.matchAll(/from '\.\/([^']+\.ts)'/g)].map((match) => match[1]!);
}

function reachableFrom(name: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>([name]);
  for (const one of seen) for (const next of imports.get(one) ?? []) seen.add(next);
  return seen;
}

/** Every file that decides something, with the checkers that use it; files of no checker too. */
export function checkerFiles(): readonly CheckerFiles[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.ts'));
  const deciding = names.filter((name) => !noDecision.test(name));
  const imports = new Map(names.map((name) => [name, importsOf(name)]));
  const withCases = deciding.filter((name) => names.includes(name.replace(/\.ts$/, '.cases.ts')));
  const reached = withCases.map((name) => ({ name, files: reachableFrom(name, imports) }));
  return deciding.map((name) => ({
    file: `${folder}/${name}`,
    checkers: reached
      .filter(({ files }) => files.has(name))
      .map((one) => ({
        checker: `${folder}/${one.name}`,
        cases: `${folder}/${one.name.replace(/\.ts$/, '.cases.ts')}`,
      })),
  }));
}
