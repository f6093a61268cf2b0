/**
 * What the front has to know about a statement before it runs it.
 *
 * A statement is one of three shapes: an INSERT that brings its data (`FORMAT x` or `VALUES`, data
 * after it), an INSERT that selects from `input(...)` and brings data too, or anything else, which
 * goes to the engine as it is. Offsets are positions in the given text; callers pass text decoded
 * as latin1, so that positions are byte offsets even when binary data follows. Statements that the
 * engine in this process would take as its own client's commands, or that mean another user or
 * another server, are refused here by name.
 */
import { notImplemented, refuse } from './errors.ts';
import { type Token, tokens } from './lexer.ts';

/** A stretch of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Statement =
  | {
      readonly kind: 'insert-data';
      readonly format: string;
      /** `SETTINGS ... FORMAT x` or `VALUES`: what stands between the columns and the data. */
      readonly tail: Span;
      readonly dataStart: number;
    }
  | {
      readonly kind: 'insert-input';
      readonly format: string;
      /** Where the statement without `FORMAT x` ends. */
      readonly sqlEnd: number;
      /** `input(...)`, and the text of its brackets. */
      readonly input: Span;
      readonly structure: string;
      readonly dataStart: number;
    }
  | {
      readonly kind: 'query';
      /** First word in upper case; `SELECT` also for `WITH ... SELECT` and `(SELECT ...)`. */
      readonly verb: string;
      /** Named by a FORMAT clause, else null. */
      readonly format: string | null;
      /** The statement without a closing semicolon. */
      readonly end: number;
    };

/** Reads tokens on demand and keeps those already read. */
class Cursor {
  readonly seen: Token[] = [];
  private readonly source: Generator<Token, void, undefined>;

  constructor(text: string) {
    this.source = tokens(text);
  }

  /** The token at `index`, or null after the end. */
  at(index: number): Token | null {
    while (this.seen.length <= index) {
      const next = this.source.next();
      if (next.done) return null;
      this.seen.push(next.value);
    }
    return this.seen[index] ?? null;
  }

  is(index: number, ...words: readonly string[]): boolean {
    const token = this.at(index);
    return token?.kind === 'word' && words.includes(token.text);
  }
}

/** The spaces, and one line end, that separate `FORMAT x` from its data. */
const beforeData = /[ \t\f]*(?:;[ \t\f]*)?\r?\n?/y;

function dataStartAfter(text: string, end: number): number {
  beforeData.lastIndex = end;
  return end + (beforeData.exec(text)?.[0].length ?? 0);
}

const isOpening = (token: Token | null) => token?.text === '(' || token?.text === '[';
const isClosing = (token: Token | null) => token?.text === ')' || token?.text === ']';

/** Index of the token after the bracket that opens at `index`. */
function afterBrackets(cursor: Cursor, index: number): number {
  const opening = cursor.at(index);
  let at = index + 1;
  for (let token = cursor.at(at); token !== null; token = cursor.at(++at)) {
    if (isClosing(token) && token.depth === opening?.depth) return at + 1;
  }
  return at;
}

/** Index of the first token after `INSERT INTO <table or function> (columns)`. */
function afterTarget(cursor: Cursor): number {
  let at = 1;
  if (cursor.is(at, 'INTO')) at += 1;
  if (cursor.is(at, 'TABLE')) at += 1;
  if (cursor.is(at, 'FUNCTION')) {
    return afterBrackets(cursor, at + 2);
  }
  at += 1;
  while (cursor.at(at)?.text === '.') at += 2;
  const selects = cursor.is(at + 1, 'SELECT', 'WITH');
  if (cursor.at(at)?.text === '(' && !selects) at = afterBrackets(cursor, at);
  return at;
}

function readInsert(cursor: Cursor, text: string): Statement | null {
  const tail = afterTarget(cursor);
  let input: { span: Span; structure: string } | null = null;
  let selects = false;
  let at = tail;
  for (let token = cursor.at(at); token !== null; token = cursor.at(++at)) {
    if (token.text === ';' && token.kind === 'symbol') return null;
    if (token.kind !== 'word') continue;
    if (token.text === 'INPUT' && cursor.at(at + 1)?.text === '(') {
      const last = cursor.at(afterBrackets(cursor, at + 1) - 1) ?? token;
      const structure = text.slice(cursor.at(at + 1)?.end ?? token.end, last.start).trim();
      input = { span: { start: token.start, end: last.end }, structure };
    }
    if (token.depth > 0) continue;
    if (token.text === 'SELECT' || token.text === 'WITH') selects = true;
    if (token.text === 'INFILE') {
      throw notImplemented('FROM INFILE', 'Send the data as the body of the request.');
    }
    if (selects && input === null) continue;
    if (token.text === 'VALUES' && !selects) {
      const span = { start: cursor.at(tail)?.start ?? token.start, end: token.start };
      return { kind: 'insert-data', format: 'Values', tail: span, dataStart: token.end };
    }
    const name = token.text === 'FORMAT' ? cursor.at(at + 1) : null;
    if (name?.kind !== 'word' || cursor.at(at - 1)?.text === '.') continue;
    const format = text.slice(name.start, name.end);
    const dataStart = dataStartAfter(text, name.end);
    if (input !== null) {
      const { span, structure } = input;
      return {
        kind: 'insert-input',
        format,
        sqlEnd: token.start,
        input: span,
        structure,
        dataStart,
      };
    }
    const span = { start: cursor.at(tail)?.start ?? token.start, end: token.start };
    return { kind: 'insert-data', format, tail: span, dataStart };
  }
  return null;
}

/** Reads the tokens to the end: FORMAT clause, stray second statement, client-side commands. */
function readToEnd(cursor: Cursor, text: string): { format: string | null; end: number } {
  let format: string | null = null;
  let end = text.length;
  let ended = false;
  let at = 0;
  for (let token = cursor.at(at); token !== null; token = cursor.at(++at)) {
    if (token.kind === 'symbol' && token.text === ';') {
      end = Math.min(end, token.start);
      ended = true;
      continue;
    }
    if (ended) {
      const sentence = 'Syntax error: Multi-statements are not allowed.';
      throw refuse(62, 'SYNTAX_ERROR', sentence);
    }
    if (token.depth > 0 || token.kind !== 'word') continue;
    if (token.text === 'OUTFILE' && cursor.is(at - 1, 'INTO')) {
      throw notImplemented('INTO OUTFILE', 'Take the answer of the request instead.');
    }
    const name = cursor.at(at + 1);
    const afterName = cursor.at(at + 2);
    if (token.text !== 'FORMAT' || name?.kind !== 'word' || isOpening(name)) continue;
    const closes = afterName === null || [';', 'SETTINGS'].includes(afterName.text);
    if (closes) format = text.slice(name.start, name.end);
  }
  return { format, end };
}

const refusals: readonly (readonly [readonly string[], string, string])[] = [
  [['KILL'], 'KILL', 'Cancel a query by closing its connection while it waits or streams.'],
  [['SYSTEM', 'SHUTDOWN'], 'SYSTEM SHUTDOWN', 'Send SIGTERM to the process.'],
  [['SYSTEM', 'KILL'], 'SYSTEM KILL', 'Send SIGKILL to the process.'],
  [['CREATE', 'USER'], 'users', 'There is one user, default.'],
  [['CREATE', 'ROLE'], 'roles', 'There is one user, default.'],
  [['GRANT'], 'grants', 'There is one user, default, who may do everything.'],
  [['REVOKE'], 'grants', 'There is one user, default, who may do everything.'],
];

/** Says what shape `text` has. Throws a ServerError for an empty, a doubled or a refused one. */
export function readStatement(text: string): Statement {
  const cursor = new Cursor(text);
  let first = 0;
  while (cursor.at(first)?.text === '(') first += 1;
  const verb = cursor.at(first);
  if (verb === null || verb.text === ';') {
    throw refuse(62, 'SYNTAX_ERROR', 'Syntax error: Empty query.');
  }
  // The engine would take these as commands of its interactive client, and answer with nothing.
  if (verb.kind !== 'word' || verb.text === 'EXIT' || verb.text === 'QUIT') {
    throw refuse(62, 'SYNTAX_ERROR', `Syntax error: failed at position 1 (${verb.text}).`);
  }
  for (const [words, what, instead] of refusals) {
    if (words.every((name, i) => cursor.is(i, name))) throw notImplemented(what, instead);
  }
  if (first === 0 && verb.text === 'INSERT') {
    const insert = readInsert(cursor, text);
    if (insert !== null) return insert;
  }
  const { format, end } = readToEnd(cursor, text);
  const writes = cursor.seen.some((t) => t.depth === 0 && t.text === 'INSERT');
  const name = verb.text === 'WITH' ? (writes ? 'INSERT' : 'SELECT') : verb.text;
  return { kind: 'query', verb: name, format, end };
}
