/**
 * All mutants of one file, in the order of its text.
 *
 * The same text always gives the same list with the same ids, so a survivor can be named, looked
 * at, and run again. Made for files of pure functions: a mutant of a file with effects would have
 * them. Some mutants are equivalent to the original and cannot be killed; whoever reads the list
 * of survivors has to say so, because no program can.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Mutant, mutationOperators } from './mutant.ts';
import { type Change, changesAt } from './operators.ts';
import { nodesOf, syntaxOf } from './syntax.ts';

const root = resolve(import.meta.dirname, '../../..');
const shownCharsMax = 160;

/** The mutants of a file, named by its path from the root of the repository. */
export function mutantsOf(file: string): readonly Mutant[] {
  return mutantsOfText(file, readFileSync(join(root, file), 'utf8'));
}

export function mutantsOfText(file: string, text: string): readonly Mutant[] {
  const syntax = syntaxOf(text);
  const changes = [...nodesOf(syntax.tree)]
    .flatMap(({ node, around }) => changesAt(node, around, syntax))
    .sort((a, b) => a.start - b.start || a.end - b.end || rank(a) - rank(b));
  const counts = new Map<string, number>();
  return changes.map((change) => {
    const line = text.slice(0, change.start).split('\n').length;
    const group = `${file}:${line}:${change.operator}`;
    const n = (counts.get(group) ?? 0) + 1;
    counts.set(group, n);
    return mutant(`${group}:${n}`, file, line, text, change);
  });
}

const rank = ({ operator }: Change) => mutationOperators.indexOf(operator);

function mutant(id: string, file: string, line: number, text: string, change: Change): Mutant {
  const { operator, start, end, replace, shown } = change;
  const before = text.slice(shown.start, shown.end);
  const after = text.slice(shown.start, start) + replace + text.slice(end, shown.end);
  const find = text.slice(start, end);
  return {
    id,
    file,
    line,
    operator,
    before: oneLine(before),
    after: oneLine(after),
    at: start,
    find,
    replace,
  };
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > shownCharsMax ? `${line.slice(0, shownCharsMax - 1)}…` : line;
}
