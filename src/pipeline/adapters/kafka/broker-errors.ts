/**
 * Sorts what can go wrong between us and a broker.
 *
 * Everything here concerns reads, so "try again" is always safe; the question is only whether it
 * can help. A broker's own error code decides where there is one: some mean that we asked the wrong
 * broker, some that the topic is another one, some that no repetition will help. Everything else
 * (cut sockets, time-outs, answers that don't parse) is worth another read, within the bound of the
 * caller's retry.
 */
import { protocolErrorsCodesById, ResponseError } from '@platformatic/kafka';

/** A broker answered with an error code. `name` is Kafka's own, as `NOT_LEADER_OR_FOLLOWER`. */
export class BrokerError extends Error {
  readonly errorName: string;

  constructor(request: string, errorName: string) {
    super(`${request}: the broker answered ${errorName}`);
    this.errorName = errorName;
  }
}

/** Nobody could be asked, or the answer was cut. */
export class ConnectionError extends Error {}

const outOfRange = new Set(['OFFSET_OUT_OF_RANGE']);
const topicDoubt = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'INCONSISTENT_TOPIC_ID',
]);
const final = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
  'UNSUPPORTED_VERSION',
  'INVALID_REQUEST',
]);

export type Remedy = 'look-at-offsets' | 'look-at-topic' | 'none' | 'retry';

export function remedyOf(error: unknown): Remedy {
  if (!(error instanceof BrokerError)) return 'retry';
  if (outOfRange.has(error.errorName)) return 'look-at-offsets';
  if (topicDoubt.has(error.errorName)) return 'look-at-topic';
  return final.has(error.errorName) ? 'none' : 'retry';
}

/** Kafka's name of an error number; numbers newer than the library keep their number. */
export function errorName(code: number): string {
  const names: Readonly<Record<number, string>> = protocolErrorsCodesById;
  return names[code] ?? `error ${code}`;
}

/** Turns what the client library throws into one of the two errors above. */
export function brokerError(request: string, error: unknown): BrokerError | ConnectionError {
  if (error instanceof ResponseError) {
    const first: unknown = error.errors[0];
    if (typeof first === 'object' && first !== null && 'apiId' in first) {
      return new BrokerError(request, String(first.apiId));
    }
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ConnectionError(`${request}: ${reason}`, { cause: error });
}
