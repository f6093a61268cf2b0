/**
 * The thing under test: the pipeline or the foil as they are, or with a planted bug.
 *
 * A bug with edits gets a module graph of its own, made once and kept; one that only switches
 * guards off runs on the ordinary graph.
 */
import type { Logger } from '../../src/pipeline/ports/logger.ts';
import { importPatched } from './patched-modules.ts';
import { plantedBugs } from './planted-bugs.ts';
import type * as entry from './subject-entry.ts';
import { makeSubject, type Subject } from './subject-entry.ts';

const entryFile = 'harness/corpus/subject-entry.ts';
/** What is loaded anew for a bug; the checkers are not among it. */
const folders = ['src/pipeline', 'harness/simulation', 'harness/foil', 'harness/corpus'];

/** A bug that nobody planted; the message names those that there are. */
export class UnknownBugError extends Error {
  override readonly name = 'UnknownBugError';
}

/**
 * Runs of a bug that go on for longer than this go on for ever; a sound one needs a tenth of it.
 */
const eventsMax = 20_000;

export async function buildSubject(bug: string | null, logger?: Logger): Promise<Subject> {
  const log = logger === undefined ? {} : { logger };
  if (bug === null) return makeSubject(log);
  const planted = plantedBugs.find(({ id }) => id === bug);
  if (planted === undefined) {
    const known = plantedBugs.map(({ id }) => id).join(', ');
    throw new UnknownBugError(`there is no planted bug ${bug}; there are ${known}`);
  }
  const { id, edits, guards = {}, foil = {}, system } = planted;
  const options = { ...log, guards, foil, ...(system === 'pipeline' ? { eventsMax } : {}) };
  if (edits === undefined) return makeSubject(options);
  const module = await importPatched<typeof entry>(
    entryFile,
    { id, edits },
    { folders, shared: ['src/pipeline/errors.ts'] },
  );
  return module.makeSubject(options);
}
