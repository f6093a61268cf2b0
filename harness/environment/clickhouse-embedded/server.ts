/**
 * The HTTP server: routes, and the life of one query from its arrival to the last byte of its
 * answer.
 *
 * A query takes a ticket, brings its body, waits for a lane, gets a connection, runs, answers, and
 * gives everything back, in that order and on every path out. A client that goes away while it
 * waits is dropped from the queue; while it receives a stream the stream is cancelled between two
 * blocks; a query that is computing runs to its end, for the engine can't be interrupted from here.
 * `/queue` is the one route that ClickHouse does not have: it says how many requests arrive, wait
 * and run. Nothing is known about processes and signals here; that is main's part.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { systemClock } from '../../system-clock.ts';
import { openBody } from './body.ts';
import type { Engine } from './engine.ts';
import { asServerError, refuse, ServerError } from './errors.ts';
import { type Answer, execute } from './execute.ts';
import { readForm } from './form.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { type Prepared, prepare } from './prepare.ts';
import { chooseEncoding, sendError, sendStream, sendWhole } from './respond.ts';
import type { Spool } from './spool.ts';
import type { Ticket, Turnstile } from './turnstile.ts';

export interface Parts {
  readonly engine: Engine;
  readonly spool: Spool;
  readonly turnstile: Turnstile;
  /** Takes one line for each answer with a status of 500 and above. */
  readonly log: (line: string) => void;
}

const keepAliveMs = 60_000;
/** URL and headers together; ClickHouse's http_max_uri_size. */
const headerBytesMax = 1_048_576;
const readingVerbs = new Set('SELECT SHOW DESCRIBE DESC EXPLAIN EXISTS USE SET CHECK'.split(' '));

/** Aborts when the client goes away before its answer is complete. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client closed the connection'));
  });
  return gone.signal;
}

function setSummary(response: ServerResponse, prepared: Prepared, answer: Answer, ms: number) {
  const summary: Record<string, string> = {};
  // Of an INSERT with a SELECT the engine counts nothing.
  if (answer.kind === 'whole' && (prepared.verb !== 'INSERT' || prepared.plainInsert)) {
    const what = prepared.plainInsert ? 'read' : 'result';
    const { rows, rowBytes } = answer.counts;
    summary[`${what}_rows`] = String(rows);
    if (rowBytes !== null) summary[`${what}_bytes`] = String(rowBytes);
  }
  summary.elapsed_ns = String(Math.round(ms * 1e6));
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
}

async function run(
  { engine }: Parts,
  prepared: Prepared,
  parameters: Parameters,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const session = engine.session();
  let unchanged = true;
  let finished = false;
  const startMs = systemClock.monotonicMs();
  try {
    const answer = await execute(session, prepared, parameters, () => {
      unchanged = false;
    });
    if (prepared.verb !== 'INSERT') response.setHeader('X-ClickHouse-Format', prepared.format);
    setSummary(response, prepared, answer, systemClock.monotonicMs() - startMs);
    const accept = request.headers['accept-encoding'];
    const encoding = parameters.compressAnswer ? chooseEncoding(accept) : null;
    if (answer.kind === 'whole') sendWhole(response, answer.bytes, encoding);
    else await sendStream(response, answer.chunks, encoding, signal);
    finished = true;
  } finally {
    session.release(unchanged && finished && !signal.aborted);
  }
}

async function answerQuery(
  parts: Parts,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  ticket: Ticket,
): Promise<void> {
  const signal = goneSignal(response);
  let parameters = readParameters(url.searchParams, request.headers);
  response.setHeader('X-ClickHouse-Query-Id', parameters.queryId);
  let body = openBody(request);
  const form = await readForm(request.headers['content-type'], body);
  if (form !== null) {
    for (const [name, value] of form) url.searchParams.append(name, value);
    parameters = readParameters(url.searchParams, request.headers);
    body = {
      head: async () => ({ bytes: Buffer.alloc(0), ended: true }),
      rest: async function* () {},
    };
  }
  const prepared = await prepare(parameters, body, parts.spool);
  try {
    if (request.method === 'GET' && !readingVerbs.has(prepared.verb)) {
      const sentence = 'Cannot execute query in readonly mode. GET is for reading; use POST.';
      throw refuse(164, 'READONLY', sentence);
    }
    await ticket.lane(signal);
    await run(parts, prepared, parameters, request, response, signal);
  } finally {
    prepared.data?.remove();
  }
}

async function handle(parts: Parts, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '/', 'http://embedded');
  response.setHeader('X-ClickHouse-Server-Display-Name', 'clickhouse-embedded');
  response.setHeader('X-ClickHouse-Timezone', parts.engine.timezone);
  const bare = url.pathname === '/' && url.search === '' && request.method !== 'POST';
  if (url.pathname === '/ping' || url.pathname === '/replicas_status' || bare) {
    response.end('Ok.\n');
    return;
  }
  if (url.pathname === '/queue') {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(parts.turnstile.counts()));
    return;
  }
  if (url.pathname !== '/' && url.pathname !== '/query') {
    const sentence = `There is no handle ${url.pathname}. Use /, /query, /ping or /queue.`;
    throw new ServerError(0, 404, sentence);
  }
  const ticket = parts.turnstile.admit();
  if (ticket === null) {
    const counts = JSON.stringify(parts.turnstile.counts());
    const sentence = `Too many simultaneous queries: ${counts}.`;
    throw refuse(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', sentence);
  }
  try {
    await answerQuery(parts, url, request, response, ticket);
  } finally {
    ticket.leave();
  }
}

/** Makes the server; the caller listens and closes. */
export function createHttpServer(parts: Parts): Server {
  const server = createServer({
    keepAliveTimeout: keepAliveMs,
    requestTimeout: 0,
    maxHeaderSize: headerBytesMax,
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(parts, request, response).catch((error: unknown) => {
      if (response.destroyed) return;
      const { status, code, message } = asServerError(error);
      if (status >= 500) parts.log(JSON.stringify({ event: 'error', status, code, message }));
      if (response.headersSent) return;
      // What is left of the body is not read: the connection can't be used again.
      if (!request.complete) response.setHeader('Connection', 'close');
      sendError(response, asServerError(error));
    });
  });
  return server;
}
