/**
 * The proof as a run of its own: a folder, a journal, a verdict, over services that somebody else
 * keeps running.
 *
 * It only reads. A reader that fails makes the run inconclusive and is named; nothing is started or
 * stopped here.
 */
import { availableParallelism, totalmem } from 'node:os';
import { type VerifyOptions, verify } from '../checkers/verify.ts';
import { systemClock } from '../system-clock.ts';
import { openJournal } from './journal.ts';
import { runDirectory } from './journal-directory.ts';
import type { JournalLine, VerdictDocument } from './journal-events.ts';
import type { RunContext } from './run-context.ts';
import { buildVerdict, decide } from './verdict.ts';
import { writeVerdict } from './verdict-file.ts';

export interface VerifyRunOptions {
  readonly context: RunContext;
  readonly readers: VerifyOptions['readers'];
  readonly expectComplete: boolean;
  readonly argv: readonly string[];
  readonly outputRoot: string;
  readonly signal: AbortSignal;
  readonly onDetail: (text: string) => void;
}

export interface VerifyRunResult {
  readonly directory: string;
  readonly document: VerdictDocument;
  readonly lines: readonly JournalLine[];
}

export async function verifyRun(options: VerifyRunOptions): Promise<VerifyRunResult> {
  const directory = runDirectory(options.outputRoot, 'verify', systemClock.nowMs());
  const startMs = systemClock.monotonicMs();
  const journal = openJournal(directory, systemClock);
  const lines: JournalLine[] = [];
  const emit = (event: Parameters<typeof journal.append>[0]) => {
    lines.push(journal.append(event));
  };
  try {
    emit({
      type: 'run',
      scenario: 'verify',
      argv: options.argv,
      seed: 0,
      input: `topic ${options.context.topic}`,
      records: 0,
      upToHeads: !options.expectComplete,
      versions: { node: process.version },
      machine: {
        cores: availableParallelism(),
        memoryBytes: totalmem(),
        platform: `${process.platform} ${process.arch}`,
      },
    });
    const { context, readers, expectComplete, onDetail } = options;
    await verify({ ...context, readers, expectComplete }, emit, onDetail);
    const durationMs = Math.round(systemClock.monotonicMs() - startMs);
    emit({ type: 'verdict', verdict: decide(lines).verdict, durationMs });
  } finally {
    journal.close();
    writeVerdict(directory, buildVerdict(lines));
  }
  return { directory, document: buildVerdict(lines), lines };
}
