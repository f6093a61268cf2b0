/**
 * Turns a request into one statement that the engine can run, and puts its data into a file.
 *
 * SQL may come in the URL, in the body, or begin in the one and go on in the other, as ClickHouse's
 * HTTP interface has it. An INSERT with data becomes `INSERT ... FROM INFILE`, which parses like
 * the server does (column list, defaults, every input format); an INSERT that selects from
 * `input(S)` reads the same file by `file(path, format, S)`. The data itself is never read here.
 */
import type { Body } from './body.ts';
import { refuse } from './errors.ts';
import { literal } from './literal.ts';
import type { Parameters } from './parameters.ts';
import type { Spool, SpooledFile } from './spool.ts';
import { readStatement, type Span, type Statement } from './statement.ts';

/** Default of the setting max_query_size, which bounds SQL without the data of an INSERT. */
export const queryBytesDefault = 262_144;
/** SQL is held in memory, so the setting can't raise its bound above this. */
const queryBytesMax = 64 * 1024 ** 2;

export interface Prepared {
  readonly sql: string;
  /** First word in upper case. */
  readonly verb: string;
  /** Format of the answer. */
  readonly format: string;
  /** The data of an INSERT; the caller removes it. */
  readonly data: SpooledFile | null;
  /** True for an INSERT whose data is not passed through a SELECT. */
  readonly plainInsert: boolean;
}

type WithData = Exclude<Statement, { kind: 'query' }>;

const utf8 = (latin1: string) => Buffer.from(latin1, 'latin1').toString('utf8');

/** The statement over the file at `path`; `text` is latin1. */
function overFile(text: string, statement: WithData, path: string): string {
  const cut = ({ start, end }: Span) => utf8(text.slice(start, end));
  const file = literal(path);
  if (statement.kind === 'insert-data') {
    const { tail, format } = statement;
    const target = cut({ start: 0, end: tail.start });
    return `${target} FROM INFILE ${file} ${cut(tail)} FORMAT ${format}`;
  }
  const { input, structure, sqlEnd, format } = statement;
  const args = [file, literal(format), ...(structure === '' ? [] : [utf8(structure)])].join(', ');
  const before = cut({ start: 0, end: input.start });
  return `${before}file(${args})${cut({ start: input.end, end: sqlEnd })}`;
}

/**
 * Where the statement is settled: the SQL in latin1, and the part of the data that was read with
 * it.
 */
interface Found {
  readonly text: string;
  readonly statement: Statement;
  readonly dataFirst: Buffer;
}

function withData(text: string, statement: WithData): Found {
  const inline = text.slice(statement.dataStart);
  const blank = inline.trim() === '';
  return { text, statement, dataFirst: Buffer.from(blank ? '' : `${inline}\n`, 'latin1') };
}

async function find(query: string, body: Body, bytesMax: number): Promise<Found> {
  const ofUrl = Buffer.from(query, 'utf8').toString('latin1');
  if (ofUrl.trim() !== '') {
    const statement = readStatement(ofUrl);
    // The usual way of clients: the statement in the URL, nothing but data in the body.
    if (statement.kind !== 'query') return withData(ofUrl, statement);
  }
  const head = await body.head(bytesMax + 1);
  const separator = ofUrl === '' || head.bytes.length === 0 ? '' : '\n';
  const text = `${ofUrl}${separator}${head.bytes.toString('latin1')}`;
  const statement = readStatement(text);
  if (statement.kind !== 'query') {
    return { text, statement, dataFirst: Buffer.from(text.slice(statement.dataStart), 'latin1') };
  }
  if (!head.ended || text.length > bytesMax) {
    const sentence = `Syntax error: Max query size exceeded (${bytesMax} bytes).`;
    throw refuse(62, 'SYNTAX_ERROR', sentence);
  }
  return { text, statement, dataFirst: Buffer.alloc(0) };
}

/** Reads the body and says what to run. Throws a ServerError for what can't be run. */
export async function prepare(parameters: Parameters, body: Body, spool: Spool): Promise<Prepared> {
  const asked = Number(parameters.settings.get('max_query_size') ?? queryBytesDefault);
  const bytesMax = Math.min(asked > 0 ? asked : queryBytesMax, queryBytesMax);
  const { text, statement, dataFirst } = await find(parameters.query, body, bytesMax);
  if (statement.kind === 'query') {
    const { verb, format, end } = statement;
    return {
      sql: utf8(text.slice(0, end)),
      verb,
      format: format ?? parameters.formatDefault,
      data: null,
      plainInsert: false,
    };
  }
  const data = await spool.write(dataFirst, body.rest());
  return {
    sql: overFile(text, statement, data.path),
    verb: 'INSERT',
    format: parameters.formatDefault,
    data,
    plainInsert: statement.kind === 'insert-data',
  };
}
