/**
 * `verdict.json` on disk.
 *
 * Written to a file beside it and renamed, so that nobody ever reads half a verdict. The shape is
 * reports/schema/verdict.schema.json.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VerdictDocument } from './journal-events.ts';

/** Writes `verdict.json` into the folder of the run and returns its path. */
export function writeVerdict(dir: string, document: VerdictDocument): string {
  const path = join(dir, 'verdict.json');
  const pending = `${path}.pending`;
  writeFileSync(pending, `${JSON.stringify(document, null, 2)}\n`);
  renameSync(pending, path);
  return path;
}
