/**
 * The limit of the log's side: reads a topic with `consumer.fetch()` of the client library and
 * throws everything away.
 *
 * Four loops, one a partition, on one connection of the library's pool each; records become the
 * library's objects, as for any of its users, and nothing is done with them. The clock starts with
 * the first fetch, after the metadata is there.
 */
import { Consumer } from '@platformatic/kafka';
import { systemClock } from '../../../harness/system-clock.ts';
import { serveTask } from '../child-task.ts';

export interface RawFetchArgument {
  readonly bootstrapServers: string;
  readonly topic: string;
  /** Partition and the offset after its last record. */
  readonly ends: ReadonlyArray<readonly [number, number]>;
}

export interface RawFetchResult {
  readonly rows: number;
  readonly durationMs: number;
}

const partitionBytesMax = 4 * 1024 * 1024;
const waitMsMax = 100;
const readCommitted = 1;
/** A broker that brings nothing so often in a row has lost records. */
const emptyAnswersMax = 600;

interface Source {
  readonly consumer: Consumer;
  readonly topicId: string;
  readonly leaders: ReadonlyMap<number, number>;
}

async function readPartition(source: Source, partition: number, end: number): Promise<number> {
  let rows = 0;
  let empty = 0;
  let next = 0n;
  while (next < BigInt(end)) {
    const answer = await source.consumer.fetch({
      node: source.leaders.get(partition)!,
      minBytes: 1,
      maxBytes: partitionBytesMax,
      maxWaitTime: waitMsMax,
      isolationLevel: readCommitted,
      topics: [
        {
          topicId: source.topicId,
          partitions: [
            {
              partition,
              currentLeaderEpoch: -1,
              fetchOffset: next,
              lastFetchedEpoch: -1,
              partitionMaxBytes: partitionBytesMax,
            },
          ],
        },
      ],
    });
    const batches = answer.responses[0]?.partitions[0]?.records ?? [];
    empty = batches.length === 0 ? empty + 1 : 0;
    if (empty > emptyAnswersMax) throw new Error(`partition ${partition} ends before ${end}`);
    for (const batch of batches) {
      rows += batch.records.length;
      next = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    }
  }
  return rows;
}

await serveTask<RawFetchArgument, RawFetchResult>(async ({ bootstrapServers, topic, ends }) => {
  const consumer = new Consumer({
    clientId: 'bench-raw-fetch',
    groupId: 'bench-raw-fetch',
    bootstrapBrokers: bootstrapServers.split(','),
  });
  const found = (await consumer.metadata({ topics: [topic] })).topics.get(topic);
  if (found === undefined) throw new Error(`no topic ${topic}`);
  const leaders = new Map(found.partitions.map(({ leader }, partition) => [partition, leader]));
  const source = { consumer, topicId: found.id, leaders };
  const startMs = systemClock.monotonicMs();
  const rows = await Promise.all(ends.map(([p, end]) => readPartition(source, p, end)));
  const durationMs = systemClock.monotonicMs() - startMs;
  return { rows: rows.reduce((sum, n) => sum + n, 0), durationMs };
});
