import fc from 'fast-check';
import { expect } from 'vitest';
import { seededTests } from '../../../properties/seeded.ts';
import { EventQueue } from './event-queue.ts';

const seededTest = seededTests(import.meta.filename);
const nothing = () => undefined;
const times = fc.array(fc.nat(12), { maxLength: 60 });

function drained(queue: EventQueue, until = Number.POSITIVE_INFINITY) {
  const taken: Array<{ atMs: number; order: number }> = [];
  for (let event = queue.takeUntil(until); event !== undefined; event = queue.takeUntil(until)) {
    taken.push({ atMs: event.atMs, order: event.order });
  }
  return taken;
}

seededTest(
  'events come by time, and those of one moment in the order in which they were put down',
  fc.property(times, (all) => {
    const queue = new EventQueue();
    const added = all.map((atMs) => queue.add(atMs, nothing)).map(({ order }) => order);
    const expected = all
      .map((atMs, index) => ({ atMs, order: added[index]! }))
      .sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    expect(drained(queue)).toEqual(expected);
    expect(queue.size).toBe(0);
  }),
  { runs: 300 },
);

seededTest(
  'a cancelled event never comes, and the others come as if it had not been there',
  fc.property(fc.array(fc.tuple(fc.nat(12), fc.boolean()), { maxLength: 60 }), (all) => {
    const queue = new EventQueue();
    const kept: Array<{ atMs: number; order: number }> = [];
    for (const [atMs, cancel] of all) {
      const event = queue.add(atMs, nothing);
      event.cancelled = cancel;
      if (!cancel) kept.push({ atMs, order: event.order });
    }
    const expected = kept.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    expect(drained(queue)).toEqual(expected);
  }),
  { runs: 300 },
);

seededTest(
  'stopping at a moment and going on gives the same order as not stopping',
  fc.property(times, fc.nat(12), (all, moment) => {
    const [queue, other] = [new EventQueue(), new EventQueue()];
    for (const atMs of all) {
      queue.add(atMs, nothing);
      other.add(atMs, nothing);
    }
    const early = drained(queue, moment);
    expect(early.every(({ atMs }) => atMs <= moment)).toBe(true);
    expect([...early, ...drained(queue)]).toEqual(drained(other));
  }),
  { runs: 300 },
);
