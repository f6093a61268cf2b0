/**
 * One value for each partition of each topic, made when it is first asked for.
 *
 * Two maps instead of one with names as keys: checkers ask for every row of a history, and building
 * a name would cost more than everything else that they do with the row.
 */

export interface PartitionKey {
  readonly topicId: string;
  readonly partition: number;
}

export class PerPartition<T> {
  readonly #topics = new Map<string, Map<number, T>>();
  readonly #make: (key: PartitionKey) => T;
  /** The latest answer: most rows come in the company of others of their partition. */
  #topicId = '';
  #partition = Number.NaN;
  #value: T | null = null;

  constructor(make: (key: PartitionKey) => T) {
    this.#make = make;
  }

  of(key: PartitionKey): T {
    const { topicId, partition } = key;
    if (partition === this.#partition && topicId === this.#topicId) return this.#value as T;
    const partitions = this.#topics.get(topicId) ?? added(this.#topics, topicId, new Map());
    const value = partitions.get(partition) ?? added(partitions, partition, this.#make(key));
    this.#topicId = topicId;
    this.#partition = partition;
    this.#value = value;
    return value;
  }

  /** In the order in which they were first asked for. */
  values(): readonly T[] {
    return [...this.#topics.values()].flatMap((partitions) => [...partitions.values()]);
  }
}

function added<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}
