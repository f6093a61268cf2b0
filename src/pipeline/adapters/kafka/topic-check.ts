/**
 * Makes sense of a broker's refusal: what it says about the topic and its offsets, in the
 * pipeline's words.
 *
 * A broker that was just started, or just heard of a new topic, says "unknown" for a moment; a
 * topic that was deleted is unknown for good. Only repetition tells these apart, so a missing topic
 * must be seen missing several times in a row. A topic made again shows at once: its name has
 * another id.
 */
import { listOffsetsV7 } from '@platformatic/kafka';
import { TidemarkError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TopicInfo } from '../../ports/log-source.ts';
import { type Address, addressText } from './broker-connection.ts';
import { BrokerError, errorName, remedyOf } from './broker-errors.ts';
import { assertSameTopic, type Cluster, type TopicState } from './cluster.ts';

const missingLooks = 5;
const missingPauseMs = 100;
const replicaOfConsumer = -1;
const readCommitted = 1;
const earliestTimestamp = -2n;
const latestTimestamp = -1n;
const epochUnknown = -1;

export interface PartitionOffsets {
  readonly partition: number;
  readonly earliest: bigint;
  readonly latest: bigint;
}

/** The topic as it is now, asked afresh. Throws `topic-missing` when it stays unknown. */
export async function topicNow(cluster: Cluster, clock: Clock, name: string): Promise<TopicState> {
  for (let look = 1; ; look++) {
    cluster.forget(name);
    try {
      return await cluster.topic(name);
    } catch (error) {
      if (remedyOf(error) !== 'look-at-topic') throw error;
      if (look >= missingLooks) {
        throw new TidemarkError(
          'topic-missing',
          `Kafka at ${cluster.addresses()} does not know the topic ${name}; ` +
            'create it, or correct the name',
          { cause: error, facts: { topic: name } },
        );
      }
    }
    await clock.sleep(missingPauseMs);
  }
}

/**
 * After "unknown topic": throws `topic-recreated` or `topic-missing`; returns when the topic is
 * what it was.
 */
export async function checkTopic(cluster: Cluster, clock: Clock, topic: TopicInfo): Promise<void> {
  assertSameTopic(topic, await topicNow(cluster, clock, topic.name));
}

/** Earliest offset and the end of what read_committed may see, for the given partitions. */
export async function listOffsets(
  cluster: Cluster,
  topic: TopicInfo,
  partitions: readonly number[],
): Promise<PartitionOffsets[]> {
  const byLeader = new Map<string, { address: Address; partitions: number[] }>();
  for (const partition of partitions) {
    const address = await cluster.leader(topic, partition);
    const entry = byLeader.get(addressText(address)) ?? { address, partitions: [] };
    entry.partitions.push(partition);
    byLeader.set(addressText(address), entry);
  }
  const answers = await Promise.all(
    [...byLeader.values()].map(async ({ address, partitions: asked }) => {
      const [earliest, latest] = await Promise.all([
        listAt(cluster, address, topic.name, asked, earliestTimestamp),
        listAt(cluster, address, topic.name, asked, latestTimestamp),
      ]);
      return asked.map((partition) => ({
        partition,
        earliest: offsetOf(earliest, partition),
        latest: offsetOf(latest, partition),
      }));
    }),
  );
  return answers.flat().sort((a, b) => a.partition - b.partition);
}

/** Throws `offset-out-of-range`, saying what the log holds. */
export async function throwOutOfRange(
  cluster: Cluster,
  topic: TopicInfo,
  partition: number,
  offset: bigint,
): Promise<never> {
  const [held] = await listOffsets(cluster, topic, [partition]);
  const { earliest, latest } = held!;
  const why =
    offset < earliest
      ? 'retention or a deletion took the records before they were read'
      : 'the log ends before it, so it was truncated or replaced';
  throw new TidemarkError(
    'offset-out-of-range',
    `${topic.name}/${partition}: offset ${offset} was asked for, ` +
      `the log holds ${earliest} up to ${latest} (exclusive): ${why}; ` +
      'records are lost to this pipeline, decide by hand where to go on',
    { facts: { topic: topic.name, partition, offset, earliest, latest } },
  );
}

async function listAt(
  cluster: Cluster,
  address: Address,
  name: string,
  partitions: readonly number[],
  timestamp: bigint,
): Promise<Map<number, bigint>> {
  const connection = await cluster.control(address);
  const asked = partitions.map((partitionIndex) => ({
    partitionIndex,
    currentLeaderEpoch: epochUnknown,
    timestamp,
  }));
  const answer = await connection.call(
    'ListOffsets',
    listOffsetsV7.api,
    replicaOfConsumer,
    readCommitted,
    [{ name, partitions: asked }],
  );
  const found = answer.topics.flatMap((topic) => topic.partitions);
  for (const { errorCode } of found) {
    if (errorCode !== 0) throw new BrokerError('ListOffsets', errorName(errorCode));
  }
  return new Map(found.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
}

function offsetOf(offsets: ReadonlyMap<number, bigint>, partition: number): bigint {
  const offset = offsets.get(partition);
  if (offset === undefined) throw new BrokerError('ListOffsets', 'UNKNOWN_TOPIC_OR_PARTITION');
  return offset;
}
