/**
 * The Postgres gate against a server that speaks just enough of the wire protocol: only the chosen
 * COMMIT loses its answer.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPostgresGate, type PostgresGate } from './postgres-gate.ts';

let server: Server;
let gate: PostgresGate;
let received: string[];

const message = (type: string, text: string) => {
  const payload = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(payload.length + 4, 1);
  return Buffer.concat([head, payload]);
};

/** Answers every simple query with CommandComplete whose tag is the first word. */
function serve(socket: Socket): void {
  let started = false;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk;
    if (!started) {
      started = true;
      rest = rest.subarray(rest.readInt32BE(0));
    }
    while (rest.length > 0) {
      const length = rest.readInt32BE(1);
      const sql = rest.subarray(5, length).toString();
      received.push(sql);
      socket.write(message('C', sql.split(' ')[0]!));
      rest = rest.subarray(length + 1);
    }
  });
}

beforeEach(async () => {
  received = [];
  server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gate = await openPostgresGate({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
  });
});

afterEach(async () => {
  await gate.close();
  await new Promise((resolve) => server.close(resolve));
});

/**
 * Runs statements one after the other; resolves with the tags that arrived before the connection
 * ended or all were answered.
 */
async function session(statements: readonly string[]): Promise<string[]> {
  const socket = connect(gate.port, gate.host);
  const tags: string[] = [];
  const startup = Buffer.alloc(8);
  startup.writeInt32BE(8, 0);
  startup.writeInt32BE(196_608, 4);
  socket.write(startup);
  await new Promise<void>((resolve) => {
    const next = () => {
      const sql = statements[tags.length];
      if (sql === undefined) socket.end();
      else socket.write(message('Q', sql));
    };
    socket.on('data', (chunk: Buffer) => {
      tags.push(chunk.subarray(5, -1).toString());
      next();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    next();
  });
  return tags;
}

describe('postgres gate', () => {
  test('passes everything through while nothing is to be cut', async () => {
    expect(await session(['BEGIN', 'UPDATE t', 'COMMIT'])).toEqual(['BEGIN', 'UPDATE', 'COMMIT']);
  });

  test('the chosen COMMIT is applied and its answer never delivered; other transactions pass', async () => {
    const tags: string[] = [];
    gate.rule(
      ({ statements }) => statements.some((s) => s.includes('iceberg_tables')),
      (tag) => tags.push(tag),
    );
    expect(await session(['BEGIN', 'UPDATE other', 'COMMIT'])).toEqual([
      'BEGIN',
      'UPDATE',
      'COMMIT',
    ]);
    expect(await session(['BEGIN', 'UPDATE iceberg_tables SET x', 'COMMIT'])).toEqual([
      'BEGIN',
      'UPDATE',
    ]);
    expect(received.at(-1)).toContain('COMMIT');
    expect(tags).toEqual(['COMMIT']);
  });
});
