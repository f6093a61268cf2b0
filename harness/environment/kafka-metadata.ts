/**
 * Asks a Kafka broker for its metadata over a bare socket, to know when it is ready.
 *
 * Kafka's clients retry inside and log while a broker starts, which makes them poor probes. One
 * Metadata request (version 4, no topics) and the head of its answer are enough: a broker that
 * lists itself is unfenced and knows its controller, so topics can be made at once. This is no
 * client; it reads nothing but what readiness needs.
 */

import { connect } from 'node:net';

const metadataApiKey = 3;
const metadataVersion = 4;
const answerBytesMax = 1 << 20;
const answerMsMax = 2000;

/**
 * True when the broker answers and lists at least one broker and a controller. Rejects when there
 * is no such answer.
 */
export async function brokerAnswers(host: string, port: number): Promise<boolean> {
  const answer = await exchange(host, port, metadataRequest());
  return hasBrokerAndController(answer);
}

function metadataRequest(): Buffer {
  const clientId = Buffer.from('tidemark-ready');
  const body = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length + 4 + 1);
  let at = body.writeInt32BE(body.length - 4, 0);
  at = body.writeInt16BE(metadataApiKey, at);
  at = body.writeInt16BE(metadataVersion, at);
  at = body.writeInt32BE(1, at); // correlation id
  at = body.writeInt16BE(clientId.length, at);
  at += clientId.copy(body, at);
  body.writeInt32BE(0, at); // no topics, and the last byte: create none
  return body;
}

/** The answer without its length and correlation id. */
function exchange(host: string, port: number, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(answerMsMax, () => fail(new Error(`no answer from ${host}:${port}`)));
    socket.once('error', fail);
    socket.once('close', () => reject(new Error(`${host}:${port} closed the connection`)));
    socket.once('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4) return;
      const length = received.readInt32BE(0);
      if (length < 4 || length > answerBytesMax) fail(new Error(`not Kafka on ${host}:${port}`));
      if (received.length < 4 + length) return;
      socket.destroy();
      resolve(received.subarray(8, 4 + length));
    });
  });
}

/** Layout: throttle time, brokers (id, host, port, rack), cluster id, controller id. */
function hasBrokerAndController(answer: Buffer): boolean {
  const brokers = answer.readInt32BE(4);
  let at = 8;
  const skipString = () => {
    at += 2 + Math.max(0, answer.readInt16BE(at));
  };
  for (let index = 0; index < brokers; index += 1) {
    at += 4;
    skipString();
    at += 4;
    skipString();
  }
  skipString();
  return brokers > 0 && answer.readInt32BE(at) >= 0;
}
