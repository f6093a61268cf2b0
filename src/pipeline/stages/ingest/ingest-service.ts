/**
 * The ingest service: shares the partitions of one topic with the other live ingesters and runs the
 * ones it holds.
 *
 * Each partition has a lease with an epoch. Every tick the service announces itself, renews what it
 * holds, takes what is free up to its fair share, and lets surplus partitions finish their range
 * before it gives them back. Safety does not rest on any of this: the database and the store refuse
 * a stale epoch, so two services that both believe to own a partition cannot both write it.
 */
import { errorCode, TidemarkError } from '../../errors.ts';
import type { PartitionKey } from '../../model/range.ts';
import type { Lease, LeaseLedger } from '../../ports/ledger.ts';
import type { TopicInfo } from '../../ports/log-source.ts';
import { fairShare } from './fair-share.ts';
import { ingestPartition, type PartitionIngestDeps } from './partition-ingest.ts';

export interface IngestServiceDeps extends Omit<PartitionIngestDeps, 'onHead' | 'ledger'> {
  readonly ledger: PartitionIngestDeps['ledger'] & LeaseLedger;
  readonly holder: string;
  readonly leaseMs: number;
}

interface Held {
  lease: Lease;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

export function ingestLeaseName(key: PartitionKey): string {
  return `ingest:${key.topicId}:${key.partition}`;
}

/**
 * The topic to ingest, and where each of its partitions begins for a ledger that does not know it
 * yet.
 */
export interface IngestTopic {
  readonly topic: TopicInfo;
  readonly starts: ReadonlyMap<number, bigint>;
}

/**
 * Looks the topic up and records it in the ledger; can be repeated until everything it asks is
 * there.
 */
export async function findIngestTopic(
  deps: Pick<IngestServiceDeps, 'source' | 'ledger'>,
  name: string,
): Promise<IngestTopic> {
  const topic = await deps.source.topic(name);
  await deps.ledger.registerTopic(topic);
  const offsets = await deps.source.offsets(topic);
  return { topic, starts: new Map(offsets.map((o) => [o.partition, o.earliest])) };
}

/**
 * Resolves when the signal aborted and every partition in hand was finished; rejects when a
 * partition failed for good.
 */
export async function runIngest(
  deps: IngestServiceDeps,
  { topic, starts }: IngestTopic,
  signal: AbortSignal,
): Promise<void> {
  const service = `ingest:${topic.topicId}`;
  const held = new Map<number, Held>();
  const heads = new Map<number, bigint>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const take = (partition: number, lease: Lease) =>
    held.set(
      partition,
      hold(deps, topic, partition, lease, starts.get(partition) ?? 0n, heads, held, failed.reject),
    );
  try {
    while (!signal.aborted) {
      await tick(deps, topic, service, held, take);
      if (held.size === 0) await requireSameTopic(deps, topic);
      await publish(deps, topic, heads);
      await Promise.race([deps.clock.sleep(deps.leaseMs / 3, signal), failed.promise]);
    }
  } finally {
    await giveBackAll(deps, service, held);
  }
}

function hold(
  deps: IngestServiceDeps,
  topic: TopicInfo,
  partition: number,
  lease: Lease,
  offsetStart: bigint,
  heads: Map<number, bigint>,
  held: Map<number, Held>,
  fail: (error: unknown) => void,
): Held {
  const stop = new AbortController();
  const onHead = (key: PartitionKey, next: bigint) => heads.set(key.partition, next);
  deps.logger.info('lease.acquired', { partition, epoch: lease.epoch });
  const done = ingestPartition(
    { ...deps, onHead },
    topic,
    lease,
    partition,
    offsetStart,
    stop.signal,
  )
    .then(async (end) => {
      if (end === 'stopped') await releaseQuietly(deps, lease);
    })
    .catch((error: unknown) => {
      deps.logger.error('partition.failed', error, { partition, code: errorCode(error) });
      fail(error);
    })
    .finally(() => {
      held.delete(partition);
      heads.delete(partition);
    });
  return { lease, stop, done };
}

/** A lease that could not be given back expires by itself; the range was finished all the same. */
async function releaseQuietly(deps: IngestServiceDeps, lease: Lease): Promise<void> {
  try {
    await deps.ledger.release(lease);
  } catch (error) {
    deps.logger.warn('lease.not-released', { lease: lease.name, reason: String(error) });
  }
}

/**
 * Renews, then takes or gives back towards the fair share. A failed tick is tried again at the next
 * one.
 */
async function tick(
  deps: IngestServiceDeps,
  topic: TopicInfo,
  service: string,
  held: Map<number, Held>,
  take: (partition: number, lease: Lease) => void,
): Promise<void> {
  try {
    const membership = await deps.ledger.heartbeat(service, deps.holder, deps.leaseMs);
    for (const [partition, h] of held) {
      if (!(await deps.ledger.renew(h.lease, deps.leaseMs))) {
        deps.logger.warn('lease.not-renewed', { partition, epoch: h.lease.epoch });
        h.stop.abort();
      }
    }
    const shareMax = fairShare(topic.partitions, membership);
    for (const [partition, h] of [...held].slice(shareMax)) {
      deps.logger.info('lease.giving-back', { partition, epoch: h.lease.epoch });
      h.stop.abort();
    }
    for (let p = 0; p < topic.partitions && held.size < shareMax; p += 1) {
      if (held.has(p)) continue;
      const name = ingestLeaseName({ topicId: topic.topicId, partition: p });
      const lease = await deps.ledger.acquire(name, deps.holder, deps.leaseMs);
      if (lease !== null) take(p, lease);
    }
  } catch (error) {
    deps.logger.warn('tick.failed', { reason: String(error) });
  }
}

/** Who holds no partition fetches nothing, and would not notice that the topic is another one. */
async function requireSameTopic(deps: IngestServiceDeps, topic: TopicInfo): Promise<void> {
  let found: TopicInfo;
  try {
    found = await deps.source.topic(topic.name);
  } catch (error) {
    deps.logger.warn('topic.not-seen', { topic: topic.name, reason: String(error) });
    return;
  }
  if (found.topicId === topic.topicId) return;
  throw new TidemarkError(
    'topic-recreated',
    `topic ${topic.name} has id ${found.topicId} now, it had ${topic.topicId}: it was deleted and ` +
      'made again while this service ran. Nothing of it was read.',
  );
}

/** Group offsets are for operators' tools; failing to write them changes nothing. */
async function publish(deps: IngestServiceDeps, topic: TopicInfo, heads: Map<number, bigint>) {
  if (heads.size === 0) return;
  try {
    await deps.source.publishProgress(topic, new Map(heads));
  } catch (error) {
    deps.logger.warn('group-offsets.not-written', { reason: String(error) });
  }
}

async function giveBackAll(deps: IngestServiceDeps, service: string, held: Map<number, Held>) {
  for (const h of held.values()) h.stop.abort();
  await Promise.all([...held.values()].map((h) => h.done));
  try {
    await deps.ledger.leave(service, deps.holder);
  } catch (error) {
    deps.logger.warn('member.not-removed', { reason: String(error) });
  }
}
