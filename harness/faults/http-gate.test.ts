/**
 * The HTTP gate against a small real server: what passes, what is cut, what is held, and what the
 * server saw of it.
 */
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type HttpGate, openHttpGate } from './http-gate.ts';

let server: Server;
let gate: HttpGate;
let applied: string[];

beforeEach(async () => {
  applied = [];
  server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      applied.push(Buffer.concat(chunks).toString());
      res.end('done');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gate = await openHttpGate(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(async () => {
  await gate.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function post(query: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const req = request(`${gate.url}/?query=${encodeURIComponent(query)}`, { method: 'POST' });
    req.once('error', reject);
    req.once('response', (res) => {
      res.setEncoding('utf8');
      let text = '';
      res.on('data', (chunk: string) => {
        text += chunk;
      });
      res.once('end', () => resolve(text));
      res.once('error', reject);
    });
    req.end(body);
  });
}

describe('http gate', () => {
  test('passes bodies and answers through unchanged, and tells when the answer was delivered', async () => {
    const answered: number[] = [];
    gate.rule(() => ({ kind: 'pass', onAnswer: (status) => answered.push(status) }));
    const body = 'x'.repeat(3_000_000);
    expect(await post('INSERT INTO t', body)).toBe('done');
    expect(applied).toEqual([body]);
    expect(answered).toEqual([200]);
  });

  test('a cut answer: the server applied the statement, the client got nothing', async () => {
    const cut: number[] = [];
    gate.rule(({ statement }) =>
      statement.startsWith('INSERT')
        ? { kind: 'cut-answer', onCut: (status) => cut.push(status) }
        : { kind: 'pass' },
    );
    await expect(post('INSERT INTO t', 'rows')).rejects.toThrow();
    expect(applied).toEqual(['rows']);
    expect(cut).toEqual([200]);
    expect(await post('SELECT 1', '')).toBe('done');
  });

  test('a held request never reaches the server', async () => {
    const arrived = Promise.withResolvers<void>();
    gate.rule(() => ({ kind: 'hold', until: () => arrived.promise }));
    const attempt = post('SELECT 1', '');
    arrived.resolve();
    await expect(attempt).rejects.toThrow();
    expect(applied).toEqual([]);
  });

  test('a delayed request arrives whole, but only when it may, and its answer too', async () => {
    const released = Promise.withResolvers<void>();
    const answered: number[] = [];
    gate.rule(({ statement }) =>
      statement.startsWith('INSERT')
        ? {
            kind: 'delay',
            until: () => released.promise,
            onAnswer: (status) => answered.push(status),
          }
        : { kind: 'pass' },
    );
    const body = 'x'.repeat(3_000_000);
    const late = post('INSERT INTO t', body);
    expect(await post('SELECT 1', '')).toBe('done');
    expect(applied).toEqual(['']);
    released.resolve();
    expect(await late).toBe('done');
    expect(applied).toEqual(['', body]);
    expect(answered).toEqual([200]);
  });

  test('a client that dies in the middle of its body ends the request at the server too', async () => {
    const client = request(`${gate.url}/?query=INSERT`, {
      method: 'POST',
      headers: { 'content-length': '1000' },
    });
    client.on('error', () => undefined);
    const broken = new Promise<void>((resolve) =>
      server.prependOnceListener('request', (atServer) => {
        atServer.once('error', () => resolve());
        client.destroy();
      }),
    );
    client.write('half');
    await broken;
    expect(applied).toEqual([]);
  });

  test('the statement is found in the body when the URL has none', async () => {
    const seen: string[] = [];
    gate.rule(({ statement }) => {
      seen.push(statement);
      return { kind: 'pass' };
    });
    await new Promise<void>((resolve, reject) => {
      const req = request(`${gate.url}/`, { method: 'POST' }, (res) => {
        res.resume();
        res.once('end', resolve);
      });
      req.once('error', reject);
      req.end('SELECT uniqExact(offset)');
    });
    expect(seen).toEqual(['SELECT uniqExact(offset)']);
    expect(applied).toEqual(['SELECT uniqExact(offset)']);
  });
});
