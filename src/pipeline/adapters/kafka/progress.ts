/**
 * Writes the group's committed offsets, so that operators' tools can show a lag.
 *
 * It is advice and nothing else: the pipeline never reads it, a failure is one log line, and the
 * next call brings the newer truth anyway. The commit is the simple-consumer form (no member,
 * generation -1), which brokers accept while the group has no live members.
 */
import { findCoordinatorV4, offsetCommitV8 } from '@platformatic/kafka';
import type { TopicInfo } from '../../ports/log-source.ts';
import type { Address } from './broker-connection.ts';
import { BrokerError, errorName } from './broker-errors.ts';
import type { Cluster } from './cluster.ts';
import type { KafkaSettings } from './options.ts';

const groupCoordinator = 0;
const noGeneration = -1;
const noMember = '';
const epochUnknown = -1;
const attemptsMax = 3;
const pauseMs = 200;

export class ProgressPublisher {
  readonly #cluster: Cluster;
  readonly #settings: KafkaSettings;
  #coordinator: Address | null = null;

  constructor(cluster: Cluster, settings: KafkaSettings) {
    this.#cluster = cluster;
    this.#settings = settings;
  }

  /** `offsets`: partition to the next offset to read. Never rejects. */
  async publish(topic: TopicInfo, offsets: ReadonlyMap<number, bigint>): Promise<void> {
    if (offsets.size === 0) return;
    const { clock, logger, groupId } = this.#settings;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#commit(topic, offsets);
      } catch (error) {
        this.#coordinator = null;
        if (attempt >= attemptsMax) {
          const reason = error instanceof Error ? error.message : String(error);
          logger.warn('kafka.progress-not-published', { groupId, topic: topic.name, reason });
          return;
        }
      }
      await clock.sleep(pauseMs);
    }
  }

  async #commit(topic: TopicInfo, offsets: ReadonlyMap<number, bigint>): Promise<void> {
    this.#coordinator ??= await this.#findCoordinator();
    const connection = await this.#cluster.control(this.#coordinator);
    const partitions = [...offsets].map(([partitionIndex, committedOffset]) => ({
      partitionIndex,
      committedOffset,
      committedLeaderEpoch: epochUnknown,
      committedMetadata: null,
    }));
    await connection.call(
      'OffsetCommit',
      offsetCommitV8.api,
      this.#settings.groupId,
      noGeneration,
      noMember,
      null,
      [{ name: topic.name, partitions }],
    );
  }

  async #findCoordinator(): Promise<Address> {
    const answer = await this.#cluster.askAny((connection) =>
      connection.call('FindCoordinator', findCoordinatorV4.api, groupCoordinator, [
        this.#settings.groupId,
      ]),
    );
    const found = answer.coordinators[0];
    if (found === undefined) throw new BrokerError('FindCoordinator', 'COORDINATOR_NOT_AVAILABLE');
    if (found.errorCode !== 0) throw new BrokerError('FindCoordinator', errorName(found.errorCode));
    return { host: found.host, port: found.port };
  }
}
