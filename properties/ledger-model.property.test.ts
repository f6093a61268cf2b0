/**
 * The simulated ledger against a model of what a ledger promises: whatever clients of any age,
 * operators and stock writers ask, in any order, and however often the database goes back.
 *
 * Heads only move forward, ranges tile without gap or overlap, one range and one batch are open, a
 * stale epoch never changes anything, pointer and heads move together or not at all, an epoch is
 * given out once in all lines of time, a restore goes back exactly.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf, lakeLease } from '../harness/simulation/conformance/ledger-ground.test-kit.ts';
import {
  openSimulated,
  type SimulatedGround,
} from '../harness/simulation/conformance/ledger-simulated.test-kit.ts';
import { allGuards, type GuardName } from '../harness/simulation/stores/ledger-guards.ts';
import { type Command, commandLists } from './ledger-commands.test-kit.ts';
import { LedgerModel } from './ledger-model.test-kit.ts';
import { type Answer, LedgerPlayer, type Request } from './ledger-player.test-kit.ts';
import { seededTests, setting } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);

/** What the database shows, as the model's `view`. */
async function viewOf({ ledger, catalog, store }: SimulatedGround): Promise<unknown> {
  const both = async <T>(get: (partition: number) => T) => [await get(0), await get(1)];
  const table = { catalog: 'lake', namespace: 'cold', name: 'bronze_trades' };
  return [
    await both((partition) => ledger.intent(keyOf(partition))),
    await ledger.openBatch(table),
    await catalog.pointer(table),
    await both((partition) => store.offsetNext('bronze', keyOf(partition))),
    await both((partition) => store.offsetNext(lakeLease, keyOf(partition))),
  ];
}

/** How a request that has no effect says so. */
function isNothing(request: Request, { refused, value }: Answer): boolean {
  if (refused !== null) return true;
  if (request.do === 'acquire') return value === null;
  return ['renew', 'stock-swing'].includes(request.do) && value === false;
}

const effects = ['range', 'batch', 'swing'];

async function judge(commands: readonly Command[], ground: SimulatedGround, model: LedgerModel) {
  const player = new LedgerPlayer(ground);
  for (const command of commands) {
    const request = await player.request(command);
    if (request === null) continue;
    if (command.do === 'open') {
      // To open a range, its client asks for the head, which is made when there is none.
      model.apply({ do: 'head', partition: command.partition, start: 0n }, null);
    }
    const allowed = model.allows(request);
    const drained = model.isDrained();
    const facts = ground.facts.length;
    const answer = await player.execute(request);
    const what = JSON.stringify(command);
    if (request.do === 'freeze' && drained) {
      expect(answer, what).toMatchObject({ refused: null, value: null });
    } else expect(isNothing(request, answer), what).toBe(!allowed);
    if (!isNothing(request, answer)) model.apply(request, answer.raw);
    else {
      const changed = ground.facts.slice(facts).filter(({ type }) => effects.includes(type));
      expect(changed, what).toEqual([]);
    }
    if (request.do === 'state' && allowed) {
      expect(answer.value, what).toBe(model.batchState(request.batch.batchId));
    }
    expect(await viewOf(ground), what).toEqual(model.view());
  }
}

const lists = commandLists(60);
const met: Record<string, number> = {};

describe('a ledger keeps its promises', () => {
  seededTest(
    'whoever asks for what, in any order',
    fc.asyncProperty(lists, async (commands) => {
      const model = new LedgerModel();
      try {
        await judge(commands, openSimulated(), model);
      } finally {
        for (const [what, times] of Object.entries(model.seen)) {
          met[what] = (met[what] ?? 0) + times;
        }
      }
    }),
    { runs: 600 },
  );

  test('and the search has met what it speaks about', () => {
    const least = {
      ...{ acquire: 500, fence: 200, advance: 500, freeze: 500, swing: 100, maintain: 100 },
      ...{ reopen: 50, 'stock-swing': 30, restore: 30, void: 5, drop: 5, 'stock-create': 5 },
    };
    for (const [what, times] of Object.entries(least)) {
      expect(met[what], what).toBeGreaterThan(times);
    }
  });
});

/** Guards that no port can get behind alone, for another one stands before or behind them. */
const unmet: readonly GuardName[] = ['durableCommit', 'frozenRange', 'headsMatch'];

describe('the model notices that a line of defence is missing', () => {
  const loud = (Object.keys(allGuards) as GuardName[]).filter((n) => !unmet.includes(n));
  test.each(loud)('%s', async (name) => {
    const property = fc.asyncProperty(lists, async (commands) =>
      judge(commands, openSimulated({ [name]: false }), new LedgerModel()),
    );
    const { failed } = await fc.check(property, {
      seed: setting.seed,
      numRuns: 2_000,
      endOnFailure: true,
    });
    expect(failed).toBe(true);
  });
});
