/**
 * The hot store port over the simulated machine: every operation is one request of a `Remote`.
 *
 * Steps are named once, here, so that a fault can be aimed at one of them and an enumeration can
 * list those with a lasting effect. Nothing is decided in this file.
 */
import type { HotStore } from '../../../src/pipeline/ports/hot-store.ts';
import type { Remote } from '../remote.ts';
import type { HotStoreMachine } from '../stores/hot-store-machine.ts';

export const storeSteps = {
  prepare: 'store.prepare',
  fence: 'store.fence',
  insertTrades: 'store.insert-trades',
  insertDeadLetters: 'store.insert-dead-letters',
  inspect: 'store.inspect',
} as const;

/** Steps after which the store is not as it was. */
export const storeDurableSteps: readonly string[] = [
  storeSteps.fence,
  storeSteps.insertTrades,
  storeSteps.insertDeadLetters,
];

export function createSimulatedHotStore(
  machine: HotStoreMachine,
  remote: Remote,
  process: string,
): HotStore {
  return {
    // The tables of the simulation are always there.
    prepare: () => remote.call(storeSteps.prepare, () => undefined),
    fence: (key, epoch) => remote.call(storeSteps.fence, () => machine.fence(key, epoch)),
    insertTrades: (block, epoch, token) =>
      remote.run(
        storeSteps.insertTrades,
        () => machine.beginInsert('bronze', block, epoch, token, process),
        (started) => machine.finishInsert(started),
      ),
    insertDeadLetters: (block, epoch, token) =>
      remote.run(
        storeSteps.insertDeadLetters,
        () => machine.beginInsert('dead-letters', block, epoch, token, process),
        (started) => machine.finishInsert(started),
      ),
    inspect: (range) => remote.call(storeSteps.inspect, () => machine.inspect(range)),
    close: async () => undefined,
  };
}
