/**
 * SIGKILLs at random moments: whatever a process was doing, it stops, and is started again at once.
 *
 * Which process and how long the pause before it come from the seed; the moment in the protocol is
 * the machine's own, which is the point. The fault counts as observed when every kill was seen to
 * end a process by SIGKILL.
 */
import { systemClock } from '../system-clock.ts';
import { Prng } from '../workload/prng.ts';
import type { Fault, FaultObservation } from './fault.ts';
import type { FaultHooks } from './protocol-faults.ts';

export interface RandomKillsOptions {
  readonly seed: number;
  readonly kills: number;
  readonly pauseMsMax: number;
  /** Targets are 0 ... targets - 1. */
  readonly targets: number;
  readonly strike: (target: number) => Promise<{ detail: string; died: boolean }>;
  readonly hooks: FaultHooks;
}

export function randomKills(options: RandomKillsOptions): Fault {
  const { hooks, kills, pauseMsMax, targets } = options;
  const step = `${kills} random moments, seed ${options.seed}`;
  const random = new Prng(options.seed);
  const stop = new AbortController();
  let seen: FaultObservation | null = null;
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    let died = 0;
    for (let kill = 1; kill <= kills && !stop.signal.aborted; kill += 1) {
      await systemClock.sleep(random.below(pauseMsMax), stop.signal);
      if (stop.signal.aborted) break;
      const struck = await options.strike(random.below(targets));
      hooks.onBite('random-kills', `${kill} of ${kills}: ${struck.detail}`);
      if (struck.died) died += 1;
    }
    if (died !== kills) return;
    const detail = `${died} processes ended by SIGKILL`;
    hooks.onObserved('random-kills', step, detail);
    seen = { at: hooks.nowMs(), detail };
  };
  return {
    name: 'random-kills',
    step,
    begin: () => {
      running = run();
      // An error of a strike leaves the fault unobserved, and `heal` throws it.
      running.catch(() => undefined);
    },
    observed: () => seen,
    heal: async () => {
      stop.abort();
      await running;
    },
  };
}
