/**
 * One pass of the raw reader over some partitions, in this thread.
 *
 * A few lanes take partitions from a common list, each over connections of its own, so that the
 * broker works on one answer while another is decoded. The sums of a partition belong to one lane;
 * nothing is shared but the list.
 */
import { TradeDecoder } from '../decode/decode-trade.ts';
import { ClusterView } from './cluster.ts';
import { Decompressor } from './decompress.ts';
import { type PartitionSpan, readPartition } from './partition-read.ts';
import { type PartitionSums, RecordSums } from './record-sums.ts';

export interface RawPassTask {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly spans: readonly PartitionSpan[];
  readonly producerSums: boolean;
  readonly lanes: number;
}

/** Sums of every span; `report` gets the rows read since its last call. */
export async function runRawPass(
  task: RawPassTask,
  report: (rows: number) => void,
): Promise<PartitionSums[]> {
  const waiting = [...task.spans];
  const results: PartitionSums[] = [];
  const lane = async () => {
    const cluster = new ClusterView(task.bootstrapServers, task.topic);
    const decompressor = new Decompressor();
    const decoder = new TradeDecoder();
    try {
      for (let span = waiting.shift(); span; span = waiting.shift()) {
        const { topicId, partition, from, until } = span;
        const sums = new RecordSums(topicId, partition, decoder, task.producerSums, report);
        await readPartition(cluster, span, decompressor, sums);
        results.push(sums.result(from, until));
      }
    } catch (error) {
      // The other lanes stop after their partition; the pass has failed already.
      waiting.length = 0;
      throw error;
    } finally {
      cluster.forget();
    }
  };
  await Promise.all(Array.from({ length: Math.min(task.lanes, waiting.length) }, lane));
  return results;
}
