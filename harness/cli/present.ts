/**
 * The end of every run on the command line: the report's file, then the verdict as a person or as a
 * program wants it.
 */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { renderHtml } from '../../reports/render/html.ts';
import { renderSummary } from '../../reports/render/summary.ts';
import { wantsColor } from '../../reports/render/terminal-text.ts';
import type { JournalLine, VerdictDocument } from '../experiment/journal-events.ts';
import { type CommandContext, exitCodes } from './command.ts';

export interface RunResult {
  readonly directory: string;
  readonly document: VerdictDocument;
  readonly lines: readonly JournalLine[];
}

const columnsDefault = 100;

/** Returns the exit code of the verdict. */
export function present(
  { directory, document, lines }: RunResult,
  { json, out }: CommandContext,
): number {
  const report = join(directory, 'report.html');
  writeFileSync(report, renderHtml(lines, document));
  if (json) out(JSON.stringify({ ...document, directory, report }));
  else {
    out(
      renderSummary(document, {
        color: wantsColor(process.stdout, process.env),
        width: process.stdout.columns ?? columnsDefault,
        report: relative('.', report),
      }).trimEnd(),
    );
  }
  return exitCodes[document.verdict];
}
