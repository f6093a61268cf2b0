/**
 * One TCP connection to one broker.
 *
 * A thin wrap around the library's `Connection`, which pipelines requests, matches answers and
 * fails all that wait when the socket is cut. Added here: an `error` listener for good (an event
 * without a listener would end the process), a check that the broker speaks the versions we pin,
 * errors in our own words, and a `close` that does not wait for a stalled peer.
 */
import {
  type API,
  apiVersionsV3,
  Connection,
  fetchV13,
  listOffsetsV7,
  metadataV12,
} from '@platformatic/kafka';
import { TidemarkError } from '../../errors.ts';
import { brokerError, ConnectionError } from './broker-errors.ts';
import type { KafkaSettings } from './options.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export function addressText(address: Address): string {
  return `${address.host}:${address.port}`;
}

const softwareName = 'tidemark';
const softwareVersion = '0.1.0';
const pinned = [
  { name: 'Fetch', api: fetchV13.api },
  { name: 'Metadata', api: metadataV12.api },
  { name: 'ListOffsets', api: listOffsetsV7.api },
] as const;

export class BrokerConnection {
  readonly address: Address;
  readonly #connection: Connection;

  private constructor(address: Address, connection: Connection) {
    this.address = address;
    this.#connection = connection;
  }

  /** Throws ConnectionError, or `dependency-missing` when the broker is too old. */
  static async open(address: Address, settings: KafkaSettings): Promise<BrokerConnection> {
    const connection = new Connection(settings.clientId, {
      ...settings.security,
      connectTimeout: settings.connectTimeoutMs,
      requestTimeout: settings.requestTimeoutMs + settings.fetchWaitMs,
    });
    connection.on('error', () => {}); // every request learns of it through its own callback
    const opened = new BrokerConnection(address, connection);
    try {
      await connection.connect(address.host, address.port);
    } catch (error) {
      opened.close();
      throw brokerError(`connecting to ${addressText(address)}`, error);
    }
    try {
      await opened.#checkVersions();
    } catch (error) {
      opened.close();
      throw error;
    }
    return opened;
  }

  get usable(): boolean {
    return this.#connection.isConnected();
  }

  /** Throws BrokerError or ConnectionError; after the latter the connection is closed. */
  async call<Args extends unknown[], Answer>(
    name: string,
    api: API<Args, Answer>,
    ...args: Args
  ): Promise<Answer> {
    try {
      return await api.async(this.#connection, ...args);
    } catch (error) {
      const known = brokerError(`${name} to ${addressText(this.address)}`, error);
      if (known instanceof ConnectionError) this.close();
      throw known;
    }
  }

  /** At once; requests that wait for an answer fail. */
  close(): void {
    const socket: Connection['socket'] | undefined = this.#connection.socket;
    socket?.destroy();
  }

  async #checkVersions(): Promise<void> {
    const answer = await this.call('ApiVersions', apiVersionsV3.api, softwareName, softwareVersion);
    for (const { name, api } of pinned) {
      const range = answer.apiKeys.find((entry) => entry.apiKey === api.key);
      if (range === undefined || range.minVersion > api.version || range.maxVersion < api.version) {
        throw new TidemarkError(
          'dependency-missing',
          `broker ${addressText(this.address)} does not speak ${name} v${api.version}; ` +
            'Kafka 3.1 or later (or a compatible broker with topic ids) is needed',
        );
      }
    }
  }
}
