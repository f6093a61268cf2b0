/**
 * Property tests with a seed that anybody can repeat, change and read off a failure.
 *
 * The seed is fixed, so CI sees the same values every time; `TIDEMARK_SEED` sets another one and
 * `TIDEMARK_RUNS` multiplies the number of values for a long search. Both are environment
 * variables. The seed stands in every title, and a failure says what failed, for which shrunk
 * values, how they are kept for ever, and last the line that replays it. Counterexamples that were
 * kept in `regressions/<subject>.json` run before any new value. This file holds no property.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import fc from 'fast-check';
import { test } from 'vitest';
import { fromKept, toKept } from './kept-values.ts';

const seedDefault = 1_723_161_255;
const runsDefault = 100;
const runsFactorMax = 100_000;
const shownCharsMax = 4_000;
/**
 * Far above what any property takes; a long search gets as much more as it has more values. It
 * ends the shrinking of a slow counterexample as well, so that a failure is told and not timed out.
 */
const durationMsMax = 50_000;
const fileEnd = '.property.test.ts';
const root = join(import.meta.dirname, '..');

/** A counterexample that once was real, as it stands in `regressions/<subject>.json`. */
export interface KeptCounterexample {
  /** Title of the property, without the seed. */
  readonly property: string;
  /** What went wrong with these values, in a sentence. */
  readonly found: string;
  /** The property's arguments as `kept-values.ts` writes them. */
  readonly counterexample: readonly unknown[];
}

export interface Setting {
  readonly seed: number;
  readonly runsFactor: number;
}

export interface SeededOptions {
  /** How many values; more when `TIDEMARK_RUNS` multiplies them. */
  readonly runs?: number;
  /** When the search is over, whatever it has found. */
  readonly durationMsMax?: number;
}

export type Property<Ts extends unknown[]> = fc.IProperty<Ts> | fc.IAsyncProperty<Ts>;

function wholeNumber(name: string, text: string | undefined, otherwise: number, max: number) {
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (/^-?\d+$/.test(text) && Math.abs(value) <= max) return value;
  throw new Error(`${name} is an integer up to ${max}, not ${text}`);
}

/** Seed and factor out of environment variables; throws when one is no number. */
export function settingOf(env: Readonly<Record<string, string | undefined>>): Setting {
  return {
    seed: wholeNumber('TIDEMARK_SEED', env.TIDEMARK_SEED, seedDefault, 2 ** 31 - 1),
    runsFactor: Math.max(1, wholeNumber('TIDEMARK_RUNS', env.TIDEMARK_RUNS, 1, runsFactorMax)),
  };
}

export const setting = settingOf(process.env);

/** `decimal` for `properties/decimal.property.test.ts`. */
export const subjectOf = (file: string) => basename(file, fileEnd);

export function keptCounterexamples(
  file: string,
  folder = join(import.meta.dirname, 'regressions'),
): readonly KeptCounterexample[] {
  const path = join(folder, `${subjectOf(file)}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
}

/** The command that runs this property with these values again; safe to paste into a shell. */
function replayLine(file: string, title: string, { seed, runsFactor }: Setting): string {
  const runs = runsFactor === 1 ? '' : ` TIDEMARK_RUNS=${runsFactor}`;
  const pattern = title.replaceAll(/[^\w ,:-]/g, '.');
  const path = relative(root, file);
  return `TIDEMARK_SEED=${seed}${runs} npx vitest run --project unit ${path} -t '${pattern}'`;
}

function failureText<Ts extends unknown[]>(
  file: string,
  title: string,
  used: Setting,
  details: fc.RunDetails<Ts>,
): string {
  const { counterexample, numRuns, numShrinks, errorInstance } = details;
  if (counterexample === null) {
    const why = details.interrupted ? 'time was up' : 'too many did not apply';
    return `${title}: gave up after ${numRuns} values, for ${why}\n${replayLine(file, title, used)}`;
  }
  const shown = fc.stringify(counterexample);
  const error = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const entry = { property: title, found: '...', counterexample: counterexample.map(toKept) };
  return [
    `${title}: value ${numRuns} failed, shrunk ${numShrinks} times`,
    error,
    `Counterexample: ${shown.slice(0, shownCharsMax)}`,
    `Keep it in properties/regressions/${subjectOf(file)}.json: ${JSON.stringify(entry)}`,
    `Seed ${used.seed}; another one by TIDEMARK_SEED. Again by:`,
    replayLine(file, title, used),
  ].join('\n');
}

/** Runs one property, kept counterexamples first. Rejects with the text that a failure shows. */
export async function checkSeeded<Ts extends unknown[]>(
  file: string,
  title: string,
  property: Property<Ts>,
  options: SeededOptions = {},
  used: Setting = setting,
  kept: readonly KeptCounterexample[] = keptCounterexamples(file),
): Promise<void> {
  const examples = kept
    .filter((one) => one.property === title)
    .map((one) => one.counterexample.map(fromKept) as Ts);
  const numRuns = (options.runs ?? runsDefault) * used.runsFactor + examples.length;
  const durationMs = (options.durationMsMax ?? durationMsMax) * used.runsFactor;
  const plugins = [fc.interruptAfterTimeLimit(durationMs) as fc.Plugin<Ts>];
  const parameters: fc.Parameters<Ts> = { seed: used.seed, numRuns, examples, plugins };
  const details = await fc.check(property as fc.IAsyncProperty<Ts>, parameters);
  if (!details.failed && !details.interrupted) return;
  throw new Error(failureText(file, title, used, details), { cause: details.errorInstance });
}

export type SeededTest = <Ts extends unknown[]>(
  title: string,
  property: Property<Ts>,
  options?: SeededOptions,
) => void;

/** The `test` of one file of properties; `file` is its `import.meta.filename`. */
export function seededTests(file: string): SeededTest {
  return (title, property, options = {}) =>
    void test(
      `${title} (TIDEMARK_SEED=${setting.seed})`,
      () => checkSeeded(file, title, property, options),
      2 * durationMsMax * setting.runsFactor,
    );
}
