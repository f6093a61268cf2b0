/**
 * Which partition a record goes to.
 *
 * `keyed` is what Kafka's own Java client does (murmur2 of the key, sign bit cut, modulo
 * partitions), so a record lands where any other producer of that key would put it, and the order
 * per symbol holds. It is the default. With few symbols it fills few partitions: two symbols can
 * never fill four. `round-robin` deals records out in turn and fills all partitions evenly; the
 * order then holds per partition only, and trades of one symbol lie in all of them.
 */

import { compatibilityPartitioner } from '@platformatic/kafka';
import type { WorkloadRecord } from './workload-record.ts';

export const partitionings = ['keyed', 'round-robin'] as const;
export type Partitioning = (typeof partitionings)[number];
export type PartitionChoice = (record: WorkloadRecord) => number;

/** Symbols whose partition is remembered; beyond it the hash is computed each time. */
const symbolsRememberedMax = 10_000;

export function partitionChoice(partitioning: Partitioning, partitions: number): PartitionChoice {
  if (partitioning === 'round-robin') {
    let next = 0;
    return () => {
      const partition = next;
      next = next + 1 === partitions ? 0 : next + 1;
      return partition;
    };
  }
  const known = new Map<string, number>();
  return ({ symbol, key }) => {
    const remembered = known.get(symbol);
    if (remembered !== undefined) return remembered;
    const partition = compatibilityPartitioner(undefined as never, key) % partitions;
    if (known.size < symbolsRememberedMax) known.set(symbol, partition);
    return partition;
  };
}
