/**
 * The last line of a test run: exactly `N passed, N failed` on stdout.
 *
 * It stands beside Vitest's own reporter and only counts. Everything that can go wrong is a failure
 * here: a failed test, a file or a suite that could not be loaded or whose hook failed, an error
 * nobody caught, a run without a single passed test, a run that ended before its end. Lanes that
 * were not run are listed with their reasons before that line. It is written when the process
 * exits, so that nothing can follow it.
 */
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';
import './lanes.ts';

/** What a run amounts to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Skipped tests that are in no lane: a filter, or a skip that should not be there. */
  readonly skipped: number;
  readonly lanesNotRun: ReadonlyMap<string, string>;
}

export default class TallyReporter implements Reporter {
  #tally: Tally | null = null;
  #registered = false;

  onInit(): void {
    if (this.#registered) return;
    this.#registered = true;
    process.once('exit', (code) => {
      const text = tallyText(settled(this.#tally, code));
      if (text.failed > 0 && code === 0) process.exitCode = 1;
      process.stdout.write(text.lines);
    });
  }

  onTestRunEnd(
    modules: ReadonlyArray<TestModule>,
    unhandledErrors: ReadonlyArray<SerializedError>,
  ): void {
    this.#tally = tally(modules, unhandledErrors.length);
  }
}

/** Counts a finished run. */
export function tally(modules: ReadonlyArray<TestModule>, unhandledErrors: number): Tally {
  const lanesNotRun = new Map<string, string>();
  let [passed, failed, skipped] = [0, unhandledErrors, 0];
  for (const module of modules) {
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) {
      failed += suite.errors().length;
      const lane = suite.meta().laneNotRun;
      if (lane !== undefined) lanesNotRun.set(lane.name, lane.reason);
    }
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed += 1;
      else if (state !== 'skipped') failed += 1;
      else if (!inLane(test)) skipped += 1;
    }
  }
  return { passed, failed, skipped, lanesNotRun };
}

function inLane(test: TestCase): boolean {
  let parent: TestSuite | TestModule = test.parent;
  while (parent.type === 'suite') {
    if (parent.meta().laneNotRun !== undefined) return true;
    parent = parent.parent;
  }
  return false;
}

/**
 * A run that never reached its end, passed nothing, or exits with an error has failed at least
 * once.
 */
function settled(counted: Tally | null, exitCode: number): Tally {
  const tally = counted ?? { passed: 0, failed: 0, skipped: 0, lanesNotRun: new Map() };
  const bad = counted === null || tally.passed === 0 || exitCode !== 0;
  return bad && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

function tallyText(tally: Tally): { lines: string; failed: number } {
  const lanes = [...tally.lanesNotRun].map(([name, reason]) => `lane ${name} not run: ${reason}`);
  const skipped = tally.skipped > 0 ? [`skipped outside a lane: ${tally.skipped}`] : [];
  const last = `${tally.passed} passed, ${tally.failed} failed`;
  return { lines: `${[...lanes, ...skipped, last].join('\n')}\n`, failed: tally.failed };
}
