/**
 * The agenda of a simulated run: what happens next, by time and, at the same time, in the order in
 * which it was put down.
 *
 * A binary heap over plain objects; nothing here knows what an event does. An event can be
 * cancelled, and then stays in the heap until its time and is skipped.
 */

export interface AgendaEvent {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

const before = (a: AgendaEvent, b: AgendaEvent) =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

export class EventQueue {
  readonly #heap: AgendaEvent[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, run: () => void): AgendaEvent {
    this.#order += 1;
    const event: AgendaEvent = { atMs, order: this.#order, run, cancelled: false };
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
    return event;
  }

  /**
   * The next event that was not cancelled, removed; undefined when there is none up to that time.
   * Later ones stay where they are.
   */
  takeUntil(atMsMax: number): AgendaEvent | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > atMsMax) return undefined;
      this.#removeFirst();
      if (!first.cancelled) return first;
    }
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}
