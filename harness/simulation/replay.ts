/**
 * Runs a counterexample again and says whether it was the same run.
 *
 * The schedule decides everything, so the history has to be the recorded one, byte for byte. When
 * it is not, somebody has changed the code, or the file, since; then nothing is known about what
 * the file claims, whatever this run shows.
 */
import type { Verdict } from '../experiment/journal-events.ts';
import { type Counterexample, CounterexampleError } from './counterexample.ts';
import { codesOf, messagesOf } from './explore/codes.ts';
import { endlessRunName } from './kernel/kernel.ts';
import { historyHash } from './kernel/recorder.ts';
import type { Run } from './run-schedule.ts';
import type { Schedule } from './schedule/schedule.ts';

export interface Replay {
  readonly counterexample: Counterexample;
  readonly run: Run;
  readonly codes: readonly string[];
  readonly messages: readonly string[];
  readonly historyHash: string;
  readonly sameHistory: boolean;
  /** Of the replay: the run's own, and inconclusive when it was another run. */
  readonly verdict: Verdict;
}

/** Throws CounterexampleError for a schedule that does not end, unless the file says so. */
export async function replay(
  path: string,
  counterexample: Counterexample,
  runOf: (schedule: Schedule, everyFaultMustBite: boolean) => Promise<Run>,
): Promise<Replay> {
  const { schedule, everyFaultMustBite } = counterexample;
  const run = await runOf(schedule, everyFaultMustBite);
  const hash = historyHash(run.history.events);
  const sameHistory = hash === counterexample.historyHash;
  if (run.failure?.name === endlessRunName && !sameHistory) {
    throw new CounterexampleError(`${path} cannot be replayed: ${run.failure.message}`);
  }
  return {
    counterexample,
    run,
    codes: codesOf(run),
    messages: messagesOf(run),
    historyHash: hash,
    sameHistory,
    verdict: sameHistory ? run.judgement.verdict : 'inconclusive',
  };
}

/** The document of `tidemark replay --json`. */
export function replayDocument(path: string, replayed: Replay) {
  const { counterexample, run, verdict, codes, messages, historyHash, sameHistory } = replayed;
  const { origin, bug, schedule } = counterexample;
  return {
    file: path,
    origin,
    bug,
    verdict,
    codes,
    messages,
    sameHistory,
    historyHash,
    recorded: {
      verdict: counterexample.verdict,
      codes: counterexample.codes,
      historyHash: counterexample.historyHash,
    },
    runVerdict: run.judgement.verdict,
    virtualMs: run.virtualMs,
    faults: schedule.faults.map((fault, index) => ({ ...fault, bitten: run.bitten.has(index) })),
    findings: run.judgement.findings,
    checks: run.judgement.checks,
    journal: run.history.events,
  };
}
