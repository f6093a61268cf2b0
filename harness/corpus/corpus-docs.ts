/** The documents that are written from a run of the corpus, with their introductions. */
import type { CorpusDocument, MutantsSummary } from './corpus-command.ts';
import { corpusMarkdown } from './corpus-text.ts';
import { windowsMarkdown } from './windows.ts';

const written = 'Written by `npx tidemark corpus --mutants --docs`; do not edit by hand.';

const aboutCorpus = [
  'A verifier is worth what it catches. Each row is a bug planted on purpose, in the simulated services or in the',
  'production code as it is loaded, and the name under which the checkers reported it. Runs are seeds drawn from the',
  "bug's profile until it was named; the schedules of group A are made by hand.",
].join('\n');

const aboutWindows = [
  'Each row is a place where exactly-once is lost. The schedule that shows the planted bug is run on the sound pipeline as',
  'well: there every fault strikes, the window is open, and the run has to pass.',
].join('\n');

function scoreText(mutants: MutantsSummary | null): string {
  if (mutants === null) return 'The mutants of the checkers were not judged in this run.';
  const { killed, total, score, errors } = mutants;
  const percent = (score * 100).toFixed(1);
  return (
    `Mutants of the history checkers: ${killed} of ${total} killed by a wrong result ` +
    `(${percent} %); ${errors} ended in an error or not at all and count as alive.`
  );
}

/** File name below docs/ to text. */
export function corpusDocs(document: CorpusDocument): ReadonlyArray<readonly [string, string]> {
  const { bugs, mutants } = document;
  const corpus = ['# The corpus: what the harness catches', written, aboutCorpus];
  const windows = ['# The windows, opened and closed', written, aboutWindows];
  return [
    ['corpus.md', [...corpus, scoreText(mutants), corpusMarkdown(bugs)].join('\n\n')],
    ['windows.md', [...windows, windowsMarkdown(bugs)].join('\n\n')],
  ];
}
