/**
 * The producer's journal and the log's raw values as the two sides of `compare/producer-check.ts`.
 */
import { openProducerJournal, type ProducerJournal } from '../../workload/journal-reader.ts';
import { hash64ToBigInt, hashValueInto, placeHashInto } from '../../workload/record-hash.ts';
import type { LoggedRecords, LogRecordHash, ProducedRecords } from '../compare/producer-check.ts';
import { ClusterView } from '../log/cluster.ts';
import { Decompressor } from '../log/decompress.ts';
import type { LogReader } from '../log/log-layer-reader.ts';
import { readPartition } from '../log/partition-read.ts';

export interface JournalRecords extends ProducedRecords {
  readonly acknowledged: number;
  readonly unknown: number;
  close(): Promise<void>;
}

/** Rejects when the journal is broken. */
export async function openJournalRecords(path: string): Promise<JournalRecords> {
  const journal: ProducerJournal = await openProducerJournal(path);
  return {
    topicId: journal.topic.topicId,
    acknowledged: journal.acknowledgedRecords,
    unknown: journal.unknownRecords,
    buckets: () => journal.buckets(),
    async recordHashes(partition, first, last) {
      const records = await journal.recordHashes(partition, first, last);
      return records.map(({ offset, hash }) => ({ offset, hash: hash64ToBigInt(hash) }));
    },
    async unknownHashes(partition) {
      const hashes = new Set<bigint>();
      for await (const { valueHash } of journal.unknownHashes(partition)) {
        hashes.add(hash64ToBigInt(valueHash));
      }
      return hashes;
    },
    close: () => journal.close(),
  };
}

export interface LogLocation {
  readonly kafkaBootstrap: string;
  readonly topic: string;
}

/** `reader` must have been made with `producerSums`. */
export function createLoggedRecords(reader: LogReader, location: LogLocation): LoggedRecords {
  const starts = async () => {
    const { partitions } = await reader.pass();
    return new Map(partitions.map((p) => [p.partition, BigInt(p.offsetStart)]));
  };
  let known: Promise<ReadonlyMap<number, bigint>> | null = null;
  return {
    buckets: () => reader.producerSums(),
    async offsetStart(partition) {
      known ??= starts();
      return (await known).get(partition) ?? 0n;
    },
    recordHashes: (partition, first, last) => readHashes(location, partition, first, last),
  };
}

async function readHashes(
  { kafkaBootstrap, topic }: LogLocation,
  partition: number,
  first: bigint,
  last: bigint,
): Promise<readonly LogRecordHash[]> {
  const cluster = new ClusterView(kafkaBootstrap, topic);
  try {
    const { topicId } = await cluster.metadata();
    const start = (await cluster.offsets([partition], 'earliest')).get(partition) ?? 0;
    const end = (await cluster.offsets([partition], 'stable')).get(partition) ?? 0;
    const from = Math.max(Number(first), start);
    const until = Math.min(Number(last) + 1, end);
    const found: LogRecordHash[] = [];
    if (from >= until) return found;
    const words = new Uint32Array(4);
    await readPartition(cluster, { topicId, partition, from, until }, new Decompressor(), {
      record(offset, bytes, begin, finish) {
        hashValueInto(begin < 0 ? null : bytes.subarray(begin, finish), words, 0);
        placeHashInto(words[0]!, words[1]!, partition, offset, words, 2);
        found.push({
          offset: BigInt(offset),
          valueHash: hash64ToBigInt({ lo: words[0]!, hi: words[1]! }),
          hash: hash64ToBigInt({ lo: words[2]!, hi: words[3]! }),
        });
      },
    });
    return found;
  } finally {
    cluster.forget();
  }
}
