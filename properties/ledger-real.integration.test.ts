/**
 * The same random commands on a real Postgres and on the simulated ledger: every answer, every
 * error code and everything that can be seen afterwards is the same.
 *
 * The conformance suite compares rule by rule; here the rules meet each other in ways that nobody
 * thought of. A difference means that the simulation proves something about another database.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerGround } from '../harness/simulation/conformance/ledger-ground.test-kit.ts';
import {
  type PostgresGrounds,
  startPostgresGrounds,
} from '../harness/simulation/conformance/ledger-postgres.test-kit.ts';
import { openSimulated } from '../harness/simulation/conformance/ledger-simulated.test-kit.ts';
import { type Command, commandLists } from './ledger-commands.test-kit.ts';
import { LedgerPlayer } from './ledger-player.test-kit.ts';
import { setting } from './seeded.ts';

const lists = 60;
const lengthMax = 50;
let grounds: PostgresGrounds;

beforeAll(async () => {
  grounds = await startPostgresGrounds();
});
afterAll(() => grounds?.stop());

interface Line {
  readonly command: Command;
  readonly refused: string | null;
  readonly value: unknown;
  readonly seen: unknown;
}

async function played(commands: readonly Command[], ground: LedgerGround): Promise<Line[]> {
  const player = new LedgerPlayer(ground);
  const lines: Line[] = [];
  for (const command of commands) {
    const request = await player.request(command);
    if (request === null) continue;
    const { refused, value } = await player.execute(request);
    lines.push({ command, refused, value, seen: await player.look() });
  }
  return lines;
}

test(`real and simulated ledger give the same answers (TIDEMARK_SEED=${setting.seed})`, async () => {
  const met = new Map<string, number>();
  const property = fc.asyncProperty(commandLists(lengthMax), async (commands) => {
    const real = await played(commands, await grounds.open());
    expect(await played(commands, openSimulated())).toEqual(real);
    for (const { command, refused } of real) {
      const what = `${command.do} ${refused ?? 'done'}`;
      met.set(what, (met.get(what) ?? 0) + 1);
    }
  });
  const numRuns = lists * setting.runsFactor;
  await fc.assert(property, { seed: setting.seed, numRuns, verbose: 1 });
  for (const what of ['open', 'close', 'freeze', 'swing']) {
    for (const end of ['done', 'fenced', 'conflict']) {
      expect(met.get(`${what} ${end}`), `${what} ${end}`).toBeGreaterThan(0);
    }
  }
  expect(met.get('restore done')).toBeGreaterThan(0);
});

test('a simulated ledger that lacks one rule is told apart from the real one', async () => {
  const property = fc.asyncProperty(commandLists(lengthMax), async (commands) => {
    const real = await played(commands, await grounds.open());
    expect(await played(commands, openSimulated({ batchEpoch: false }))).toEqual(real);
  });
  const { failed } = await fc.check(property, {
    seed: setting.seed,
    numRuns: lists,
    endOnFailure: true,
  });
  expect(failed).toBe(true);
});
