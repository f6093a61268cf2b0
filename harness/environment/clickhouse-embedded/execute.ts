/**
 * Runs a prepared statement on a connection of its own and says what to answer.
 *
 * Settings and parameters become one SET statement ahead of the query: that works for every
 * statement alike, while a SETTINGS clause would mean the table's settings in CREATE TABLE and has
 * its own place in INSERT. A SELECT into a format whose blocks can simply stand one after the other
 * is streamed; the engine formats each block on its own, so formats with a header or a footer are
 * made whole in memory. The first two blocks are awaited before anything is answered, so an early
 * error still gets its own status, and a short result its length.
 */
import type { EngineSession, StreamChunk } from './engine.ts';
import { literal, quotedName } from './literal.ts';
import type { Parameters } from './parameters.ts';
import { type Prepared, queryBytesDefault } from './prepare.ts';

/** What the engine counted: rows of the result, or rows read from the data of an INSERT. */
export interface Counts {
  readonly rows: number;
  /** Their size in memory; null when the engine does not say. */
  readonly rowBytes: number | null;
}

export type Answer =
  | { readonly kind: 'whole'; readonly bytes: Buffer; readonly counts: Counts }
  | { readonly kind: 'stream'; readonly chunks: AsyncGenerator<Buffer, void, undefined> };

/**
 * Formats (lower case) without header, footer or separator: blocks formatted one by one can be
 * joined.
 */
const joinable = new Set(
  `TabSeparated TSV TabSeparatedRaw TSVRaw Raw CSV JSONEachRow JSONLines NDJSON JSONStringsEachRow
  JSONCompactEachRow JSONCompactStringsEachRow RowBinary Native TSKV`
    .toLowerCase()
    .split(/\s+/),
);

/** With these, even a joinable format gets something before, between or after its rows. */
const wholeOnly = /\b(totals|extremes|output_format_json_array_of_rows)\b/i;

/** Statements after which a connection is as it was. */
const leavesNothing = new Set(
  'SELECT INSERT SHOW DESCRIBE DESC EXPLAIN EXISTS OPTIMIZE ALTER TRUNCATE CHECK'.split(' '),
);

function canStream(prepared: Prepared, parameters: Parameters): boolean {
  if (prepared.verb !== 'SELECT' || parameters.waitEnd) return false;
  if (!joinable.has(prepared.format.toLowerCase()) || wholeOnly.test(prepared.sql)) return false;
  return ![...parameters.settings.keys()].some((name) => wholeOnly.test(name));
}

/** What has to be run before the statement, in order. */
export function prelude(parameters: Parameters, bringsData: boolean): readonly string[] {
  const statements: string[] = [];
  const { database, settings, queryParameters } = parameters;
  if (database !== '' && database !== 'default') statements.push(`USE ${quotedName(database)}`);
  const all = new Map(settings);
  const insertBlock = settings.get('max_insert_block_size');
  // Data from a file is cut by max_block_size, where a server would cut the data of a request by
  // max_insert_block_size.
  if (bringsData && insertBlock !== undefined && !all.has('max_block_size')) {
    all.set('max_block_size', insertBlock);
  }
  for (const [name, value] of queryParameters) all.set(`param_${name}`, value);
  const pairs = [...all].map(([name, value]) => `${name} = ${literal(value)}`);
  if (pairs.length === 0) return statements;
  const set = `SET ${pairs.join(', ')}`;
  // A parameter may be longer than a statement; the engine bounds the SET that carries it like any
  // statement.
  const bytes = Buffer.byteLength(set);
  if (bytes > queryBytesDefault) statements.push(`SET max_query_size = ${bytes}`);
  return [...statements, set];
}

async function* joined(first: readonly StreamChunk[], rest: AsyncGenerator<StreamChunk, void>) {
  try {
    for (const chunk of first) yield chunk.bytes;
    for await (const chunk of rest) yield chunk.bytes;
  } finally {
    await rest.return();
  }
}

async function stream(session: EngineSession, prepared: Prepared): Promise<Answer> {
  const chunks = session.stream(prepared.sql, prepared.format);
  const first: StreamChunk[] = [];
  for (let i = 0; i < 2; i++) {
    const { value, done } = await chunks.next();
    if (done) {
      const { bytes, rows } = first[0] ?? { bytes: Buffer.alloc(0), rows: 0 };
      return { kind: 'whole', bytes, counts: { rows, rowBytes: null } };
    }
    first.push(value);
  }
  return { kind: 'stream', chunks: joined(first, chunks) };
}

/**
 * Runs the statement. `changed()` is called before anything is done that leaves a trace on the
 * connection. Rejects with the engine's error.
 */
export async function execute(
  session: EngineSession,
  prepared: Prepared,
  parameters: Parameters,
  changed: () => void,
): Promise<Answer> {
  const before = prelude(parameters, prepared.data !== null);
  if (before.length > 0 || !leavesNothing.has(prepared.verb)) changed();
  for (const sql of before) await session.query(sql, 'TabSeparated');
  if (canStream(prepared, parameters)) return stream(session, prepared);
  const result = await session.query(prepared.sql, prepared.format);
  return { kind: 'whole', bytes: result.bytes, counts: result };
}
