/**
 * Cuts ClickHouse SQL into tokens, lazily.
 *
 * The front must know a few things about a statement before the engine sees it: where the data of
 * an INSERT begins, which FORMAT is asked for, whether a second statement follows. Searching with
 * regular expressions finds those words inside strings, comments and subqueries too, so the text is
 * cut properly: strings, quoted names, comments, heredocs, brackets. The lexer is a generator
 * because what follows `FORMAT x` in an INSERT is data and must never be read as SQL. It does not
 * validate: an unclosed string runs to the end of the text, and the engine reports the syntax
 * error.
 */

export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'symbol';
  /** Words in upper case; all else as written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many brackets are open around it; a bracket itself has the depth outside of it. */
  readonly depth: number;
}

const space = /\s+/y;
const lineComment = /(?:--|#!|# )[^\n]*/y;
const blockComment = /\/\*[\s\S]*?(?:\*\/|$)/y;
const word = /[A-Za-z0-9_]+/y;
const string = /'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/y;
const quoted = /`(?:[^`\\]|\\[\s\S]|``)*(?:`|$)|"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)/y;
const heredoc = /\$(\w*)\$[\s\S]*?\$\1\$/y;

/** Length of what `pattern` (sticky) matches at `at`, or 0. */
function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['word', word],
  ['string', string],
  ['string', heredoc],
  ['quoted', quoted],
];

/** Yields the tokens of `text` in order; comments and spaces are skipped. */
export function* tokens(text: string): Generator<Token, void, undefined> {
  let at = 0;
  let depth = 0;
  while (at < text.length) {
    const skipped =
      lengthAt(space, text, at) ||
      lengthAt(lineComment, text, at) ||
      lengthAt(blockComment, text, at);
    if (skipped > 0) {
      at += skipped;
      continue;
    }
    let kind: Token['kind'] = 'symbol';
    let length = 0;
    for (const [candidate, pattern] of patterns) {
      length = lengthAt(pattern, text, at);
      if (length === 0) continue;
      kind = candidate;
      break;
    }
    const end = at + (length || 1);
    const raw = text.slice(at, end);
    if (raw === ')' || raw === ']') depth = Math.max(0, depth - 1);
    yield { kind, text: kind === 'word' ? raw.toUpperCase() : raw, start: at, end, depth };
    if (raw === '(' || raw === '[') depth += 1;
    at = end;
  }
}
