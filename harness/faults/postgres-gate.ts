/**
 * A gate on the wire in front of Postgres: it passes the protocol through, and on one chosen COMMIT
 * it delivers the request, waits for the server's `COMMIT` answer, and gives none of it to the
 * client.
 *
 * Frontend messages are framed just far enough to know which statement a connection has sent since
 * its last BEGIN, so the fault can ask for "the COMMIT of the transaction that swung a pointer".
 * Both ends are closed when the answer has been swallowed: to the client the connection broke after
 * its COMMIT had left.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CommitRequest {
  /** Statements of this transaction, oldest first. */
  readonly statements: readonly string[];
}

export interface PostgresGate {
  readonly host: string;
  readonly port: number;
  /** Asked at every COMMIT; true cuts its answer. `onCut` gets the server's own command tag. */
  rule(cut: (commit: CommitRequest) => boolean, onCut: (tag: string) => void): void;
  close(): Promise<void>;
}

const statementsMax = 64;

export async function openPostgresGate(upstream: {
  host: string;
  port: number;
}): Promise<PostgresGate> {
  let wanted: (commit: CommitRequest) => boolean = () => false;
  let seen: (tag: string) => void = () => undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const up = connect(upstream.port, upstream.host);
    const both = [client, up];
    const end = () => {
      for (const socket of both) socket.destroy();
    };
    for (const socket of both) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    relay(
      client,
      up,
      (commit) => wanted(commit),
      (tag) => seen(tag),
      end,
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    rule: (cut, onCut) => {
      wanted = cut;
      seen = onCut;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function relay(
  client: Socket,
  up: Socket,
  wanted: (commit: CommitRequest) => boolean,
  seen: (tag: string) => void,
  end: () => void,
): void {
  let cutting = false;
  let statements: string[] = [];
  const fromClient = framer(true, (type, payload) => {
    const statement = statementOf(type, payload);
    if (statement === null) return;
    if (/^BEGIN\b/i.test(statement)) statements = [];
    if (/^COMMIT\b/i.test(statement)) cutting = wanted({ statements });
    else if (statements.length < statementsMax) statements.push(statement);
  });
  const fromServer = framer(false, (type, payload) => {
    if (!cutting || type !== 'C') return;
    seen(payload.toString('latin1').replace(/\0.*$/s, ''));
    end();
  });
  client.on('data', (chunk) => {
    fromClient(chunk);
    up.write(chunk);
  });
  up.on('data', (chunk) => {
    fromServer(chunk);
    if (!cutting) client.write(chunk);
  });
}

/** Query (`Q`) and Parse (`P`) carry SQL. */
function statementOf(type: string, payload: Buffer): string | null {
  if (type === 'Q') return payload.toString('utf8').replace(/\0$/, '').trim();
  if (type !== 'P') return null;
  const [, sql] = payload.toString('utf8').split('\0');
  return sql?.trim() ?? null;
}

/**
 * Cuts a byte stream into messages: type byte, 32-bit length (itself included), payload; the first
 * frontend message has no type.
 */
function framer(
  startup: boolean,
  onMessage: (type: string, payload: Buffer) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let untyped = startup;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const head = untyped ? 0 : 1;
      if (rest.length < head + 4) return;
      const length = rest.readInt32BE(head);
      if (rest.length < head + length) return;
      const payload = rest.subarray(head + 4, head + length);
      if (!untyped) onMessage(String.fromCharCode(rest[0]!), payload);
      // An SSLRequest (80877103) is answered by one byte and followed by another untyped message.
      untyped = untyped && payload.length >= 4 && payload.readInt32BE(0) === 80_877_103;
      rest = rest.subarray(head + length);
    }
  };
}
