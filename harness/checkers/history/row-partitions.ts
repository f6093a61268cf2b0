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

  constructor(make: (key: PartitionKey) => T) {
    this.#make = make;
  }

  of(key: PartitionKey): T {
    const partitions = this.#topics.get(key.topicId) ?? added(this.#topics, key.topicId, new Map());
    return partitions.get(key.partition) ?? added(partitions, key.partition, this.#make(key));
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
