/**
 * Holds things back until so many others have passed: a calendar in the form of a ring of days.
 *
 * Putting in and taking out cost the same whatever is held. Nothing can be held for longer than the
 * ring is long; what is due on one day comes out in the order in which it was put in.
 */

export class HoldBack<T> {
  readonly #ring: Array<T[] | undefined>;
  #day = 0;
  #size = 0;

  constructor(daysMax: number) {
    this.#ring = new Array<T[] | undefined>(daysMax + 1);
  }

  get size(): number {
    return this.#size;
  }

  /** `day` is at most `daysMax` after the day asked for last. */
  put(thing: T, day: number): void {
    const at = Math.max(day, this.#day) % this.#ring.length;
    const due = this.#ring[at];
    if (due === undefined) this.#ring[at] = [thing];
    else due.push(thing);
    this.#size += 1;
  }

  /** Something due on `today` or before, or null. `today` never goes back. */
  takeDue(today: number): T | null {
    if (this.#size === 0) {
      this.#day = today;
      return null;
    }
    for (; this.#day <= today; this.#day += 1) {
      const thing = this.#take(this.#day % this.#ring.length);
      if (thing !== null) return thing;
    }
    this.#day = today;
    return null;
  }

  /** The next in order of days, due or not, or null when nothing is held. */
  takeAny(): T | null {
    if (this.#size === 0) return null;
    for (let i = 0; i < this.#ring.length; i += 1) {
      const thing = this.#take((this.#day + i) % this.#ring.length);
      if (thing !== null) return thing;
    }
    return null;
  }

  #take(at: number): T | null {
    const thing = this.#ring[at]?.shift();
    if (thing === undefined) return null;
    if (this.#ring[at]!.length === 0) this.#ring[at] = undefined;
    this.#size -= 1;
    return thing;
  }
}
