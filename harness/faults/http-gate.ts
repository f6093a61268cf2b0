/**
 * A gate on the wire in front of ClickHouse's HTTP interface: it lets requests through, and on one
 * chosen request it loses the answer after the server has given it, or holds the request and tells
 * somebody, or lets it arrive late.
 *
 * It knows the protocol only as far as it must: the statement (URL and first bytes of the body) and
 * the server's complete answer. So "the INSERT was applied and its answer lost" is made on purpose
 * and seen, not hoped for. Bodies are passed on as they come.
 */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface GateRequest {
  /** Statement as sent: the `query` parameter, or the first bytes of the body. */
  readonly statement: string;
  /** 1 for the first request through this gate. */
  readonly sequence: number;
}

export type GateAction =
  | { readonly kind: 'pass'; readonly onAnswer?: (status: number) => void }
  /** Forward, wait for the whole answer, deliver none of it. */
  | { readonly kind: 'cut-answer'; readonly onCut: (status: number) => void }
  /** Forward only when the promise settles: a request that was on its way for a long time. */
  | {
      readonly kind: 'delay';
      readonly until: () => Promise<void>;
      readonly onAnswer?: (status: number) => void;
    }
  /** Do not forward; the connection is closed when the promise settles. */
  | { readonly kind: 'hold'; readonly until: () => Promise<void> };

export interface HttpGate {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Decides about each request; the last rule set counts. */
  rule(decide: (request: GateRequest) => GateAction): void;
  close(): Promise<void>;
}

const statementBytesMax = 4_096;

export async function openHttpGate(upstreamUrl: string): Promise<HttpGate> {
  const upstream = new URL(upstreamUrl);
  let decide: (request: GateRequest) => GateAction = () => ({ kind: 'pass' });
  let sequence = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, (req, res) => {
    readStatement(req).then(
      ({ statement, head }) => {
        sequence += 1;
        forward(upstream, req, res, head, decide({ statement, sequence }));
      },
      () => req.socket.destroy(),
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The client's end may vanish at any time (it is killed on purpose); that is its affair.
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rule: (next) => {
      decide = next;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** The statement, and the chunk of the body that had to be read to know it. */
async function readStatement(
  req: IncomingMessage,
): Promise<{ statement: string; head: Buffer | null }> {
  const query = new URL(req.url ?? '/', 'http://gate').searchParams.get('query');
  if (query !== null || req.method === 'GET') return { statement: query ?? '', head: null };
  const head = await new Promise<Buffer | null>((resolve, reject) => {
    req.once('readable', () => resolve(req.read() as Buffer | null));
    req.once('end', () => resolve(null));
    req.once('error', reject);
  });
  return { statement: head?.subarray(0, statementBytesMax).toString('utf8') ?? '', head };
}

function forward(
  upstream: URL,
  req: IncomingMessage,
  res: ServerResponse,
  head: Buffer | null,
  action: GateAction,
): void {
  const drop = () => req.socket.destroy();
  if (action.kind === 'hold') {
    action.until().then(drop, drop);
    return;
  }
  if (action.kind === 'delay') {
    const { until, onAnswer } = action;
    const late: GateAction = onAnswer === undefined ? { kind: 'pass' } : { kind: 'pass', onAnswer };
    until().then(() => forward(upstream, req, res, head, late), drop);
    return;
  }
  const out = httpRequest(
    {
      host: upstream.hostname,
      port: upstream.port,
      path: req.url,
      method: req.method,
      headers: req.headers,
    },
    (answer) => {
      if (action.kind === 'cut-answer') {
        answer.resume();
        answer.once('end', () => {
          action.onCut(answer.statusCode ?? 0);
          drop();
        });
        answer.once('error', drop);
        return;
      }
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
      answer.once('error', drop);
      res.once('finish', () => action.onAnswer?.(answer.statusCode ?? 0));
    },
  );
  out.once('error', drop);
  // A client that dies in the middle of its body takes the rest of the request along, as on a wire.
  req.once('close', () => {
    if (!req.complete) out.destroy();
  });
  if (head !== null) out.write(head);
  req.pipe(out);
}
