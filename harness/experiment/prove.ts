/**
 * The main job: recorded trades through Kafka, ClickHouse and Iceberg while faults strike, and the
 * proof of what arrived.
 *
 * The input is read once before anything is started, so a file that is no recording is an error
 * and not a run. Everything else that goes wrong is part of the run: it is journalled, and the
 * verdict is inconclusive. Verdict and report are rendered from the journal alone. What happens in
 * which order stands in main-job-run.ts.
 */
import { keepAsStack, status } from '../environment/commands.ts';
import { EnvironmentError } from '../environment/environment-error.ts';
import { createLocalEnvironment } from '../environment/local.ts';
import { systemClock } from '../system-clock.ts';
import { openJournal } from './journal.ts';
import { runDirectory } from './journal-directory.ts';
import type { JournalLine, VerdictDocument } from './journal-events.ts';
import { inputOf } from './main-job-input.ts';
import { MainJobRun } from './main-job-run.ts';
import type { ProveOptions } from './prove-options.ts';
import { buildVerdict, decide } from './verdict.ts';
import { writeVerdict } from './verdict-file.ts';

export interface ProveResult {
  readonly directory: string;
  readonly document: VerdictDocument;
  readonly lines: readonly JournalLine[];
  /** What ended the run early; null when it came to its end. */
  readonly failure: Error | null;
}

/** Rejects only when there can be no run: bad input, or an environment that cannot start. */
export async function prove(options: ProveOptions): Promise<ProveResult> {
  if (options.keep && (await status()) !== null) {
    throw new EnvironmentError(
      'stack-running',
      'A stack is up already; end it with tidemark down before another one is kept.',
    );
  }
  const input = await inputOf(options);
  const directory = runDirectory(options.outputRoot, 'prove', systemClock.nowMs());
  const startMs = systemClock.monotonicMs();
  const journal = openJournal(directory, systemClock);
  const lines: JournalLine[] = [];
  let failure: Error | null = null;
  try {
    const run = new MainJobRun(options, input, directory, (event) => {
      lines.push(journal.append(event));
    });
    run.announce();
    failure = await inEnvironment(options, run);
    const durationMs = Math.round(systemClock.monotonicMs() - startMs);
    lines.push(journal.append({ type: 'verdict', verdict: decide(lines).verdict, durationMs }));
  } finally {
    journal.close();
    writeVerdict(directory, buildVerdict(lines));
  }
  return { directory, document: buildVerdict(lines), lines, failure };
}

/** Resolves to the error that ended the run early. Services are stopped whatever happens. */
async function inEnvironment(options: ProveOptions, run: MainJobRun): Promise<Error | null> {
  const environment = createLocalEnvironment({
    signal: options.signal,
    onProgress: (e) => options.onDetail(`${e.subject}: ${e.text}`),
  });
  let kept = false;
  try {
    await run.start(environment);
    const failure = await run.execute(environment);
    if (options.keep) {
      await keepAsStack(environment);
      kept = true;
    }
    return failure;
  } finally {
    if (!kept) await environment.stop();
  }
}
