/** Cases of `run-healed`. */
import type { Case } from './case.ts';
import { healthy, is } from './case-builder.ts';
import { anomaly, fault, phase, run } from './run-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a history without faults', history: () => healthy().history(), expect: [], looked: 0 },
  {
    title: 'a fault bites in the liveness phase',
    history: () =>
      healthy()
        .after(is('phase', { phase: 'liveness' }), fault(0, 'bit'))
        .history(),
    expect: [anomaly('heal-failed')],
    looked: 1,
  },
  {
    title: 'a fault bites after it was healed',
    history: () => run([fault(3, 'bit'), fault(3, 'healed'), fault(3, 'bit')]),
    expect: [anomaly('heal-failed')],
    looked: 3,
  },
  {
    title: 'the heal never ended',
    history: () => run([phase('safety'), fault(0, 'bit'), phase('heal'), phase('end')]),
    expect: [anomaly('heal-failed')],
    looked: 1,
  },
  {
    title: 'one fault is healed and another one bites',
    history: () =>
      run([
        phase('safety'),
        fault(0, 'bit'),
        fault(0, 'healed'),
        fault(1, 'bit'),
        phase('heal'),
        fault(2, 'bit'),
        fault(1, 'healed'),
        phase('liveness'),
        fault(2, 'healed'),
      ]),
    expect: [],
    looked: 6,
  },
  {
    title: 'a run without a heal has none that failed',
    history: () => run([phase('safety'), fault(0, 'bit'), phase('end')]),
    expect: [],
    looked: 1,
  },
];
