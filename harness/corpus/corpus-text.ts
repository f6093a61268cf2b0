/** The corpus as tables: for the terminal, and as Markdown for the documentation. */
import { type CorpusEntry, isInOrder } from './corpus.ts';

const groupNames: Readonly<Record<CorpusEntry['group'], string>> = {
  A: "the hand-off's own design",
  B: 'upstream bugs of this path',
  G: 'other lines of defence',
  C: 'one for each window',
  P: "bugs of this pipeline's own protocol that were found on the way, planted again",
};

const soundWords: Readonly<Record<CorpusEntry['sound'], string>> = {
  pass: 'pass',
  stops: 'stops and says why',
  violated: 'VIOLATED',
  'not-run': '-',
};

export function corpusText(entries: readonly CorpusEntry[]): string {
  const rows = entries.map((entry) => [
    entry.id,
    entry.caught ? (entry.code ?? '') : 'NOT CAUGHT',
    `${entry.runsMedian ?? '-'}`,
    `${entry.faultsMin ?? '-'}`,
    soundWords[entry.sound],
    entry.title,
  ]);
  const head = ['bug', 'named', 'runs', 'faults', 'sound pipeline', 'what was planted'];
  const widths = head.map((word, i) => Math.max(word.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => cell.padEnd(i === cells.length - 1 ? 0 : widths[i]!)).join('  ');
  const good = entries.filter(isInOrder).length;
  return [line(head), ...rows.map(line), '', `${good} of ${entries.length} caught`].join('\n');
}

const cell = (text: string) => text.replaceAll('|', '\\|');

/** docs/corpus.md without its introduction. */
export function corpusMarkdown(entries: readonly CorpusEntry[]): string {
  const parts = (Object.keys(groupNames) as CorpusEntry['group'][]).map((group) => {
    const rows = entries
      .filter((entry) => entry.group === group)
      .map(
        (e) =>
          `| ${e.id} | ${cell(e.title)} | ${cell(e.from)} | \`${e.code}\` | ${e.runsMedian} | ${e.faultsMin} |`,
      );
    return [
      `## ${group}: ${groupNames[group]}`,
      '',
      '| bug | planted | from | named | runs to detect, median | faults of the smallest counterexample |',
      '|---|---|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  });
  return parts.join('\n');
}
