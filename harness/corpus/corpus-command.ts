/**
 * One run of the corpus as one document: bugs, mutants, canary, and the verdict over them.
 *
 * Every smallest counterexample is written beside it as a file that `tidemark replay` takes.
 */
import { join } from 'node:path';
import type { Verdict } from '../experiment/journal-events.ts';
import { counterexampleOf, writeCounterexample } from '../simulation/counterexample.ts';
import { type CanaryResult, sendCanary } from './canary.ts';
import { type CorpusEntry, isInOrder, runCorpus } from './corpus.ts';
import { corpusText } from './corpus-text.ts';
import type { HuntResult } from './hunt.ts';
import { scoreCheckers } from './mutants/checker-score.ts';
import type { PlantedBug } from './planted-bug.ts';

export interface CorpusCommandOptions {
  readonly bugs: readonly PlantedBug[];
  readonly hunts: number;
  readonly mutants: boolean;
  readonly canarySeed: number;
  /** Where counterexamples are written. */
  readonly directory: string;
  readonly scoreMin: number;
  readonly isStopped: () => boolean;
  readonly onPhase: (name: string) => void;
  readonly onDetail: (text: string) => void;
}

export interface MutantsSummary {
  readonly killed: number;
  readonly total: number;
  readonly errors: number;
  readonly score: number;
  /** `file:line:operator: before -> after`. */
  readonly survivors: readonly string[];
}

export interface CorpusDocument {
  readonly verdict: Verdict;
  readonly bugs: readonly CorpusEntry[];
  readonly mutants: MutantsSummary | null;
  readonly canary: CanaryResult;
  readonly directory: string;
  readonly text: string;
}

export async function runCorpusCommand(options: CorpusCommandOptions): Promise<CorpusDocument> {
  const { bugs, hunts, canarySeed, directory, isStopped, onPhase, onDetail } = options;
  onPhase('canary');
  const canary = await sendCanary(canarySeed);
  onPhase('planted bugs');
  const entries = await runCorpus({
    bugs,
    hunts,
    onBug: (done, bug) => onDetail(`${done} of ${bugs.length}, now ${bug.id}`),
    onCaught: (result) => keep(directory, result),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    isStopped,
  });
  let mutants: MutantsSummary | null = null;
  if (options.mutants) {
    onPhase('mutants of the checkers');
    mutants = await judgeCheckers(onDetail);
  }
  const complete = entries.length === bugs.length;
  const good =
    canary.heard &&
    entries.every(isInOrder) &&
    (mutants === null || mutants.score >= options.scoreMin);
  const verdict = good ? (complete ? 'pass' : 'inconclusive') : 'violated';
  const text = [corpusText(entries), canaryText(canary), mutantsText(mutants), ''].join('\n');
  return { verdict, bugs: entries, mutants, canary, directory, text };
}

function keep(directory: string, { bug, smallest, run, code }: HuntResult): void {
  if (smallest === null || run === null) return;
  const origin = `corpus ${bug.id}: ${bug.title} (${code})`;
  const facts = { origin, bug: bug.id, schedule: smallest, everyFaultMustBite: true };
  writeCounterexample(join(directory, `${bug.id}.json`), counterexampleOf(run, facts));
}

async function judgeCheckers(onDetail: (text: string) => void): Promise<MutantsSummary> {
  const score = await scoreCheckers(1, (done, total) => onDetail(`${done} of ${total}`));
  const { killed, total, errors, survivors } = score;
  const names = survivors.map(({ id, before, after }) => `${id}: ${before} -> ${after}`);
  return { killed, total, errors, score: score.score, survivors: names };
}

function canaryText({ seed, planted, heard }: CanaryResult): string {
  const what = `${planted.code} at ${planted.at} (seed ${seed})`;
  return heard ? `canary heard: ${what}` : `CANARY NOT HEARD: ${what}`;
}

function mutantsText(mutants: MutantsSummary | null): string {
  if (mutants === null) return 'mutants of the checkers: not judged (--mutants)';
  const percent = (mutants.score * 100).toFixed(1);
  return `mutants of the checkers: ${mutants.killed} of ${mutants.total} killed, ${percent} %`;
}
