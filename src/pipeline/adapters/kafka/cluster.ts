/**
 * What is known of the Kafka cluster: which brokers there are, and who leads which partition.
 *
 * Metadata comes from any broker that answers: those heard of last, then the bootstrap addresses.
 * It is kept until somebody says that it was wrong (`forget`), and readers who ask at the same time
 * share one request. Topics are never made by asking for them. One control connection per broker
 * carries the short requests of everybody; fetches have connections of their own.
 */
import { metadataV12 } from '@platformatic/kafka';
import { TidemarkError } from '../../errors.ts';
import type { TopicInfo } from '../../ports/log-source.ts';
import { type Address, addressText, BrokerConnection } from './broker-connection.ts';
import { BrokerError, ConnectionError } from './broker-errors.ts';
import type { KafkaSettings } from './options.ts';

const brokersMax = 1_000;
const createMissingTopics = false;
type MetadataAnswer = ReturnType<typeof metadataV12.parseResponse>;

/** A topic as the brokers describe it now. */
export interface TopicState {
  readonly topicId: string;
  /** Leader of each partition; null while there is none. */
  readonly leaders: ReadonlyMap<number, Address | null>;
}

export class Cluster {
  readonly #settings: KafkaSettings;
  readonly #bootstrap: readonly Address[];
  readonly #topics = new Map<string, Promise<TopicState>>();
  readonly #control = new Map<string, Promise<BrokerConnection>>();
  /** Whom to ask, in this order. */
  #line: readonly Address[];
  #closed = false;

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
    this.#bootstrap = parseAddresses(settings.bootstrapServers);
    this.#line = this.#bootstrap;
  }

  addresses(): string {
    return [...new Set([...this.#bootstrap, ...this.#line].map(addressText))].join(', ');
  }

  /**
   * Throws BrokerError `UNKNOWN_TOPIC_OR_PARTITION` when the broker that answered does not know the
   * name.
   */
  topic(name: string): Promise<TopicState> {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const asked = this.#ask(name);
    this.#topics.set(name, asked);
    asked.catch(() => this.#topics.delete(name));
    return asked;
  }

  /** The topic's metadata was wrong; the next question goes to a broker. */
  forget(name: string): void {
    this.#topics.delete(name);
  }

  /**
   * Throws `topic-recreated` when the name stands for another topic now, BrokerError when there is
   * no leader.
   */
  async leader(topic: TopicInfo, partition: number): Promise<Address> {
    const state = await this.topic(topic.name);
    assertSameTopic(topic, state);
    const leader = state.leaders.get(partition);
    if (leader === undefined) throw new BrokerError('Metadata', 'UNKNOWN_TOPIC_OR_PARTITION');
    if (leader === null) throw new BrokerError('Metadata', 'LEADER_NOT_AVAILABLE');
    return leader;
  }

  /** The shared connection to a broker for short requests. */
  async control(address: Address): Promise<BrokerConnection> {
    const key = addressText(address);
    const known = this.#control.get(key);
    if (known !== undefined) {
      const connection = await known;
      if (connection.usable) return connection;
      if (this.#control.get(key) !== known) return this.control(address);
    }
    const opened = this.open(address);
    this.#control.set(key, opened);
    opened.catch(() => this.#control.delete(key));
    return opened;
  }

  /** A connection of the caller's own. */
  async open(address: Address): Promise<BrokerConnection> {
    const connection = await BrokerConnection.open(address, this.#settings);
    if (this.#closed) {
      connection.close();
      throw new ConnectionError('the source is closed');
    }
    return connection;
  }

  /**
   * The answer of the first broker that gives one. A broker whose connection fails goes to the end
   * of the line, so that one that hangs is waited for once and not at every question. Throws
   * ConnectionError when nobody answers.
   */
  async askAny<T>(ask: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    const reasons = new Set<string>();
    for (const address of [...this.#line]) {
      try {
        return await ask(await this.control(address));
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        this.doubt(address);
        reasons.add(error.message);
      }
    }
    throw new ConnectionError(`no broker answers: ${[...reasons].join('; ')}`);
  }

  /** A request to this broker was cut or not answered: from now on the others are asked first. */
  doubt(address: Address): void {
    const text = addressText(address);
    const others = this.#line.filter((other) => addressText(other) !== text);
    if (others.length < this.#line.length) this.#line = [...others, address];
    const opening = this.#control.get(text);
    this.#control.delete(text);
    if (opening !== undefined) closeWhenOpen(opening);
  }

  close(): void {
    this.#closed = true;
    for (const opening of this.#control.values()) closeWhenOpen(opening);
    this.#control.clear();
  }

  async #ask(name: string): Promise<TopicState> {
    const answer = await this.askAny((connection) =>
      connection.call('Metadata', metadataV12.api, [name], createMissingTopics),
    );
    const brokers = new Map<number, Address>(
      answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]),
    );
    this.#learn([...brokers.values()]);
    return topicState(name, answer, brokers);
  }

  /** Brokers heard of now come first, in the order they have; then the bootstrap addresses. */
  #learn(heard: readonly Address[]): void {
    const texts = new Set(heard.map(addressText));
    const inLine = new Set(this.#line.map(addressText));
    const kept = this.#line.filter((address) => texts.has(addressText(address)));
    const fresh = heard.filter((address) => !inLine.has(addressText(address)));
    const known = [...kept, ...fresh];
    const others = this.#bootstrap.filter((address) => !texts.has(addressText(address)));
    this.#line = [...known, ...others].slice(0, brokersMax);
  }
}

function closeWhenOpen(opening: Promise<BrokerConnection>): void {
  opening.then(
    (connection) => connection.close(),
    () => {}, // never opened, so there is nothing to close
  );
}

function topicState(
  name: string,
  answer: MetadataAnswer,
  brokers: ReadonlyMap<number, Address>,
): TopicState {
  const topic = answer.topics.find((entry) => entry.name === name);
  if (topic === undefined) throw new BrokerError('Metadata', 'UNKNOWN_TOPIC_OR_PARTITION');
  const leaders = new Map(
    topic.partitions.map((entry) => [entry.partitionIndex, brokers.get(entry.leaderId) ?? null]),
  );
  return { topicId: topic.topicId, leaders };
}

export function assertSameTopic(topic: TopicInfo, state: TopicState): void {
  if (state.topicId === topic.topicId) return;
  throw new TidemarkError(
    'topic-recreated',
    `topic ${topic.name} has the id ${state.topicId} now, ${topic.topicId} was expected: ` +
      'it was deleted and made again, so its offsets mean other records; ' +
      'decide by hand what to do with the old ones',
    { facts: { topic: topic.name, topicIdExpected: topic.topicId, topicIdFound: state.topicId } },
  );
}

function parseAddresses(text: string): Address[] {
  const addresses = text
    .split(',')
    .map((part) => /^\s*\[?([^\]\s]+?)\]?:(\d{1,5})\s*$/.exec(part))
    .map((match) => (match ? { host: match[1]!, port: Number(match[2]) } : null));
  if (addresses.length === 0 || addresses.some((address) => address === null)) {
    throw new TidemarkError(
      'config-invalid',
      `bootstrap servers "${text}" are no list of host:port; write 127.0.0.1:9092,...`,
    );
  }
  return addresses.filter((address) => address !== null);
}
