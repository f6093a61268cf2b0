/**
 * Finds the leaders of one topic's partitions and keeps one connection to each broker for one lane
 * of reading.
 *
 * A lane reads one partition at a time, and a broker answers one request of a connection at a time;
 * so lanes that shall run side by side each have a cluster view of their own. After a failure the
 * view is thrown away with `forget` and built anew from the bootstrap list at the next question.
 */
import { KafkaConnection } from './connection.ts';
import { LogReadError } from './log-error.ts';
import {
  type Api,
  apiVersionsApi,
  brokerError,
  decodeApiVersions,
  decodeListOffsets,
  decodeMetadata,
  encodeApiVersions,
  encodeListOffsets,
  encodeMetadata,
  fetchApi,
  listOffsetsApi,
  metadataApi,
  type OffsetQuestion,
  type TopicMetadata,
} from './protocol.ts';

export const requestTimeoutMs = 15_000;
const neededApis: readonly Api[] = [metadataApi, listOffsetsApi, fetchApi];

interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Parses `host:port,host:port`. Throws UNREACHABLE for an entry without a port. */
export function parseBootstrap(bootstrapServers: string): HostPort[] {
  return bootstrapServers.split(',').map((entry) => {
    const at = entry.lastIndexOf(':');
    const port = Number(entry.slice(at + 1));
    if (at <= 0 || !Number.isInteger(port) || port <= 0) {
      throw new LogReadError('UNREACHABLE', `not host:port: ${entry}`, { retryable: false });
    }
    return {
      host: entry
        .slice(0, at)
        .trim()
        .replace(/^\[|\]$/g, ''),
      port,
    };
  });
}

export class ClusterView {
  readonly #bootstrap: readonly HostPort[];
  readonly #topic: string;
  readonly #connections = new Map<string, KafkaConnection>();
  #metadata: TopicMetadata | null = null;

  constructor(bootstrapServers: string, topic: string) {
    this.#bootstrap = parseBootstrap(bootstrapServers);
    this.#topic = topic;
  }

  async metadata(): Promise<TopicMetadata> {
    this.#metadata ??= await this.#findMetadata();
    return this.#metadata;
  }

  /** The connection to the leader of a partition. */
  async leader(partition: number): Promise<KafkaConnection> {
    const { brokers, partitions } = await this.metadata();
    const known = partitions.find((entry) => entry.partition === partition);
    const broker = brokers.find(({ nodeId }) => nodeId === known?.leader);
    if (!known) throw brokerError(3, `partition ${partition} of ${this.#topic}`);
    if (!broker) throw brokerError(5, `partition ${partition} of ${this.#topic}`);
    return this.#connect(broker);
  }

  /** One offset a partition, for all partitions given. */
  async offsets(
    partitions: readonly number[],
    question: OffsetQuestion,
  ): Promise<Map<number, number>> {
    const byConnection = new Map<KafkaConnection, number[]>();
    for (const partition of partitions) {
      const connection = await this.leader(partition);
      byConnection.set(connection, [...(byConnection.get(connection) ?? []), partition]);
    }
    const found = new Map<number, number>();
    for (const [connection, ids] of byConnection) {
      const body = encodeListOffsets(this.#topic, ids, question);
      const answer = await connection.request(listOffsetsApi, body, requestTimeoutMs);
      for (const { partition, error, offset } of decodeListOffsets(answer)) {
        if (error !== 0) throw brokerError(error, `ListOffsets of partition ${partition}`);
        found.set(partition, Number(offset));
      }
    }
    return found;
  }

  /** Closes all connections; the next question starts from the bootstrap list. */
  forget(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
    this.#metadata = null;
  }

  async #findMetadata(): Promise<TopicMetadata> {
    let last: unknown;
    for (const address of this.#bootstrap) {
      try {
        const connection = await this.#connect(address);
        const body = encodeMetadata(this.#topic);
        const answer = await connection.request(metadataApi, body, requestTimeoutMs);
        return decodeMetadata(answer, this.#topic);
      } catch (error) {
        if (!(error instanceof LogReadError) || !error.retryable) throw error;
        last = error;
      }
    }
    throw last;
  }

  async #connect({ host, port }: HostPort): Promise<KafkaConnection> {
    const name = `${host}:${port}`;
    const open = this.#connections.get(name);
    if (open?.usable) return open;
    const connection = new KafkaConnection(host, port);
    this.#connections.set(name, connection);
    const answer = await connection.request(apiVersionsApi, encodeApiVersions(), requestTimeoutMs);
    const ranges = decodeApiVersions(answer);
    for (const { name: api, key, version } of neededApis) {
      const range = ranges.find((entry) => entry.key === key);
      if (!range || range.versionMin > version || range.versionMax < version) {
        const what = `${name} does not speak ${api} ${version}; Kafka 3.1 or later does`;
        throw new LogReadError('UNSUPPORTED', what);
      }
    }
    return connection;
  }
}
