/** Cases of `run-faults`. */
import type { Case } from './case.ts';
import { healthy } from './case-builder.ts';
import { anomaly, fault, run } from './run-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a history without faults', history: () => healthy().history(), expect: [], looked: 0 },
  {
    title: 'an armed fault never bit',
    history: () => healthy().history({ faultsArmed: 1 }),
    expect: [anomaly('fault-not-observed')],
    looked: 1,
  },
  {
    title: 'one of three faults never bit, another one twice',
    history: () => run([fault(0, 'bit'), fault(2, 'bit'), fault(2, 'bit')], { faultsArmed: 3 }),
    expect: [anomaly('fault-not-observed')],
    looked: 3,
  },
  {
    title: 'a fault was healed that never bit',
    history: () => run([fault(0, 'healed')], { faultsArmed: 1 }),
    expect: [anomaly('fault-not-observed')],
    looked: 1,
  },
  {
    title: 'all faults bit',
    history: () => run([fault(0, 'bit'), fault(1, 'bit')], { faultsArmed: 2 }),
    expect: [],
    looked: 2,
  },
  {
    title: 'more faults bit than were armed',
    history: () => run([fault(0, 'bit'), fault(1, 'bit')], { faultsArmed: 1 }),
    expect: [],
    looked: 1,
  },
];
