/** What a Kafka source can be told, and the bounds it keeps when it is told nothing. */
import type { ConnectionOptions } from '@platformatic/kafka';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';

export interface KafkaSourceOptions {
  /**
   * `host:port`, comma separated; only the way in, the brokers' advertised addresses are used
   * afterwards.
   */
  readonly bootstrapServers: string;
  readonly clientId: string;
  /** Group whose committed offsets `publishProgress` writes. Never read. */
  readonly groupId: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Most bytes one fetch may bring (compressed); a single larger batch comes all the same. */
  readonly fetchBytesMax?: number;
  /**
   * A reader fetches ahead until it holds this many bytes (compressed), so it holds at most this
   * plus one fetch.
   */
  readonly prefetchBytesMax?: number;
  /** How long a broker may hold a fetch while there is nothing to send. */
  readonly fetchWaitMs?: number;
  /** A request without an answer after this long counts as cut. */
  readonly requestTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** How long a read is tried again before it fails with `dependency-missing`. */
  readonly retryBoundMs?: number;
  /** TLS and SASL, as the client library takes them. */
  readonly security?: Pick<ConnectionOptions, 'tls' | 'tlsServerName' | 'sasl'>;
}

export const defaults = {
  fetchBytesMax: 4 * 1024 * 1024,
  prefetchBytesMax: 8 * 1024 * 1024,
  fetchWaitMs: 500,
  requestTimeoutMs: 10_000,
  connectTimeoutMs: 3_000,
  retryBoundMs: 30_000,
  security: {},
} as const;

export type KafkaSettings = Required<KafkaSourceOptions>;

export function settingsOf(options: KafkaSourceOptions): KafkaSettings {
  return { ...defaults, ...options };
}
