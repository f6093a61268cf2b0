/** The documents that are written from a run of the corpus, with their introductions. */
import type { CorpusDocument } from './corpus-command.ts';
import { corpusMarkdown } from './corpus-text.ts';
import { windowsMarkdown } from './windows.ts';

const written = 'Written by `npx tidemark corpus --mutants --docs`; do not edit by hand.';

/** File name below docs/ to text. */
export function corpusDocs(document: CorpusDocument): ReadonlyArray<readonly [string, string]> {
  const { bugs, mutants } = document;
  const score =
    mutants === null
      ? 'The mutants of the checkers were not judged in this run.'
      : `Mutants of the history checkers: ${mutants.killed} of ${mutants.total} killed by a wrong result ` +
        `(${(mutants.score * 100).toFixed(1)} %); ${mutants.errors} ended in an error or not at all and count as alive.`;
  return [
    [
      'corpus.md',
      `# The corpus: what the harness catches\n\n${written}\n\nA verifier is worth what it catches. Each row is a bug planted on purpose, in the simulated services or in the\nproduction code as it is loaded, and the name under which the checkers reported it. Runs are seeds drawn from the\nbug's profile until it was named; the schedules of group A are made by hand.\n\n${score}\n\n${corpusMarkdown(bugs)}`,
    ],
    [
      'windows.md',
      `# The windows, opened and closed\n\n${written}\n\nEach row is a place where exactly-once is lost. The schedule that shows the planted bug is run on the sound pipeline as\nwell: there every fault strikes, the window is open, and the run has to pass.\n\n${windowsMarkdown(bugs)}`,
    ],
  ];
}
