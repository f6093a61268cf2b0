/**
 * Free ports on loopback, found by binding and never assumed.
 *
 * They are taken below the range from which the kernel hands out source ports. A service that is
 * down for a while would otherwise lose its port to any outgoing connection, and a client that
 * retries against a dead port in that range can even connect to itself and hold the port. Each
 * candidate is bound and held until all are found, so one call never gives a port twice. Between
 * this call and the service's own bind somebody may still take it: the service then fails with
 * `port-lost` and the start is tried again with other ports.
 */

import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { EnvironmentError, isFileError } from './environment-error.ts';

const portMin = 20_000;
const portMaxDefault = 32_768;
const candidatesMax = 200;

/**
 * That many different ports, free at this moment on 127.0.0.1. Rejects with `port-lost` when none
 * can be found.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  try {
    for (let tries = 0; held.length < count && tries < candidatesMax; tries += 1) {
      const server = await hold(candidate(tries));
      if (server !== null) held.push(server);
    }
    if (held.length < count) {
      throw new EnvironmentError('port-lost', `no ${count} free ports found on 127.0.0.1.`);
    }
    return held.map(portOf);
  } finally {
    await Promise.all(held.map((server) => new Promise((done) => server.close(done))));
  }
}

/** Half of the tries may fail before the kernel is asked for any port at all (0). */
function candidate(tries: number): number {
  const portMax = sourcePortMin();
  if (tries > candidatesMax / 2 || portMax - portMin < 1000) return 0;
  return randomInt(portMin, portMax);
}

function sourcePortMin(): number {
  try {
    const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    return Math.min(Number.parseInt(range, 10), portMaxDefault);
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return portMaxDefault;
    throw error;
  }
}

function hold(port: number): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) =>
      isFileError(error, 'EADDRINUSE') ? resolve(null) : reject(error),
    );
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP server');
  return address.port;
}
