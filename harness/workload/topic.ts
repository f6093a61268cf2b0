/**
 * The topic that a producer writes to: looked up, or created when asked.
 *
 * A topic is never created by accident: brokers of a proof run with auto-creation off, and `create`
 * has to be said. A topic that is there with another number of partitions is refused, because the
 * key to partition mapping would differ from what the run was told.
 */

import { Admin, findErrorBy } from '@platformatic/kafka';
import { waitFor } from '../system-clock.ts';
import { WorkloadError } from './workload-error.ts';

export interface TopicInfo {
  readonly topicId: string;
  readonly partitions: number;
}

export interface TopicRequest {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly create: boolean;
  /**
   * Wanted number of partitions; without it an existing topic is taken as it is and a new one gets
   * `partitionsDefault`.
   */
  readonly partitions?: number;
}

export const partitionsDefault = 4;
const leadersMsMax = 30_000;

/** Throws `topic-missing`, `topic-differs` or `kafka-unreachable`. */
export async function ensureTopic(request: TopicRequest): Promise<TopicInfo> {
  const { bootstrapServers, topic, partitions } = request;
  const admin = new Admin({
    clientId: 'tidemark-producer',
    bootstrapBrokers: bootstrapServers.split(','),
    retries: 5,
    retryDelay: 200,
  });
  try {
    if (request.create) await create(admin, topic, partitions ?? partitionsDefault);
    const info = await lookUp(admin, topic, request.create, bootstrapServers);
    if (partitions !== undefined && info.partitions !== partitions) {
      const message = `topic ${topic} has ${info.partitions} partitions, not ${partitions}`;
      throw new WorkloadError('topic-differs', message);
    }
    return info;
  } catch (error) {
    if (error instanceof WorkloadError) throw error;
    const message = `can't reach Kafka at ${bootstrapServers}: ${describe(error)}`;
    throw new WorkloadError('kafka-unreachable', message, error);
  } finally {
    await admin.close();
  }
}

async function create(admin: Admin, topic: string, partitions: number): Promise<void> {
  try {
    await admin.createTopics({ topics: [topic], partitions, replicas: -1 });
  } catch (error) {
    // Created by somebody else, or by the attempt whose answer was lost: the look-up decides.
    if (findErrorBy(error as Error, 'apiId', 'TOPIC_ALREADY_EXISTS') === null) throw error;
  }
}

async function lookUp(
  admin: Admin,
  topic: string,
  created: boolean,
  bootstrapServers: string,
): Promise<TopicInfo> {
  const look = async () => {
    const metadata = await admin.metadata({ topics: [topic], forceUpdate: true });
    const found = metadata.topics.get(topic);
    if (found === undefined || found.partitionsCount === 0) return null;
    if (found.partitions.some((partition) => partition.leader < 0)) return null;
    return { topicId: found.id, partitions: found.partitionsCount };
  };
  if (created) {
    const condition = `topic ${topic} has a leader for each partition`;
    return await waitFor(look, { condition, boundMs: leadersMsMax });
  }
  const info = await look().catch((error: unknown) => {
    if (/Unknown topic/.test(describe(error))) return null;
    throw error;
  });
  if (info !== null) return info;
  const message = `no topic ${topic} at ${bootstrapServers}: create it or ask for that`;
  throw new WorkloadError('topic-missing', message);
}

const describe = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
