/**
 * A memory of bounded size: when it is full, the value that was used longest ago goes.
 *
 * It is meant for values that can always be had again, such as files that never change under their
 * name.
 */

export class BoundedCache<V> {
  private readonly values = new Map<string, V>();
  private readonly sizeMax: number;

  constructor(sizeMax: number) {
    this.sizeMax = sizeMax;
  }

  get size(): number {
    return this.values.size;
  }

  get(key: string): V | undefined {
    const value = this.values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.values.delete(key);
    this.values.set(key, value);
    for (const oldest of this.values.keys()) {
      if (this.values.size <= this.sizeMax) return;
      this.values.delete(oldest);
    }
  }
}
