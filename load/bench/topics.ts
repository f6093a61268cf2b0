/**
 * Topics full of generated trades, each filled once and used by every contestant that asks for it.
 *
 * Trades of about 134 bytes, lz4, dealt out in turn to four partitions. The seed is fixed, so a
 * topic with fewer records holds the beginning of one with more, offset by offset, and contents
 * can be compared between them.
 */
import { join } from 'node:path';
import { produceCommand } from '../../harness/workload/produce-command.ts';

export const topicPartitions = 4;
const seed = 1;

export interface FilledTopic {
  readonly name: string;
  readonly records: number;
  /** Of all values, uncompressed. */
  readonly valueBytes: number;
  readonly journal: string;
  /** Offset after the last record, by partition. */
  readonly ends: ReadonlyMap<number, number>;
}

export interface Topics {
  filled(records: number): Promise<FilledTopic>;
  /**
   * Adds records to a topic of its own name, made when it is not there; gives the offsets after
   * them.
   */
  extend(name: string, records: number): Promise<FilledTopic>;
}

export function createTopics(
  bootstrapServers: string,
  folder: string,
  signal: AbortSignal,
  note: (text: string) => void,
): Topics {
  const made = new Map<number, Promise<FilledTopic>>();
  let journals = 0;
  const extend = async (name: string, records: number): Promise<FilledTopic> => {
    journals += 1;
    const summary = await produceCommand({
      records,
      seed,
      topic: name,
      partitions: topicPartitions,
      partitioning: 'round-robin',
      compression: 'lz4',
      createTopic: true,
      bootstrapServers,
      journal: join(folder, `producer-${journals}.journal`),
      signal,
    });
    if (summary.acknowledged !== records) {
      throw new Error(`topic ${name}: ${summary.acknowledged} of ${records} records acknowledged`);
    }
    note(`topic ${name}: ${records} records, ${summary.recordsPerSecond} a second`);
    return {
      name,
      records,
      valueBytes: summary.valueBytes,
      journal: summary.journalPath,
      ends: new Map(
        summary.partitions.map((p) => [
          p.partition,
          p.offsetLast === null ? 0 : Number(p.offsetLast) + 1,
        ]),
      ),
    };
  };
  return {
    extend,
    filled: (records) => {
      const topic = made.get(records) ?? extend(`bench-${records}`, records);
      made.set(records, topic);
      return topic;
    },
  };
}
