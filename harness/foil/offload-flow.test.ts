/**
 * The foil's orchestration: retries, a table that fails for good, a client that loses patience, and
 * runs that do not know of each other.
 */
import { describe, expect, test } from 'vitest';
import type { History } from '../checkers/history/history.ts';
import { runSchedule } from '../simulation/run-schedule.ts';
import type { Action, Fault } from '../simulation/schedule/schedule.ts';
import { buildFoil, type FoilOptions } from './foil.ts';
import { appendsOf, coldCopies } from './foil-history.test-kit.ts';
import { foilSchedule, paced } from './foil-schedule.ts';

const quarterMs = 900_000;

const at = (process: string, step: string, action: Action): Fault => ({
  at: { process, step, occurrence: 1, point: 'before' },
  action,
});

const run = (
  faults: readonly Fault[],
  foil: FoilOptions = { gold: false },
  sends = [60, 90, 100],
) =>
  runSchedule(foilSchedule(paced(sends), faults), {
    build: buildFoil(foil),
    everyFaultMustBite: true,
  });

/** Seconds since the start at which processes of this name were first started. */
function startsOf({ events }: History, name: string): readonly number[] {
  const first = new Map<string, number>();
  for (const event of events) {
    if (event.type !== 'process' || event.state !== 'started') continue;
    if (!event.process.startsWith(`${name}-`) || first.has(event.process)) continue;
    first.set(event.process, Math.round(event.atMs / 1_000));
  }
  return [...first.values()];
}

const lose: Action = { do: 'lose', afterMs: 1 };

describe('flow runs', () => {
  test('begin every quarter of an hour', async () => {
    const { history } = await run([]);
    expect(startsOf(history, 'flow')).toEqual([900, 1_800, 2_700]);
  });

  test('try a table three times, 30 s apart, and leave what is behind it when it fails', async () => {
    const lost = [1, 2, 3].map((job) => at(`job-${job}`, 'store.scan', lose));
    const { history } = await run(lost, {});
    const jobs = startsOf(history, 'job').filter((second) => second < 1_800);
    // A lost scan is known to be lost a moment later, and the client looks every second.
    expect(jobs).toEqual([900, 935, 970]);
    expect(history.events.find(({ type }) => type === 'candle')).toBeDefined();
    const firstGold = history.events.find(
      (event) => event.type === 'candle' && event.layer === 'cold-gold',
    );
    expect(firstGold!.atMs).toBeGreaterThan(2 * quarterMs);
  });

  test('a client that waited ten minutes is killed, its job goes on, and both append', async () => {
    const stuck = at('job-1', 'warehouse.write-data', { do: 'pause', ms: 620_000 });
    const { history } = await run([stuck]);
    expect(startsOf(history, 'client').slice(0, 2)).toEqual([900, 1_530]);
    const killed = history.events.filter(
      (event) => event.type === 'process' && event.state === 'crashed',
    );
    expect(killed.map((event) => Math.round(event.atMs / 1_000))).toEqual([1_500]);
    const [late, retried] = appendsOf(history);
    expect(late).toBeGreaterThan(0);
    expect(retried).toBeGreaterThanOrEqual(late!);
  });

  test('a missed start is not made up for', async () => {
    const { history } = await run([at('prefect', 'ledger.start-run', lose)]);
    expect(startsOf(history, 'flow')).toEqual([1_800, 2_700]);
  });

  test('runs started by hand begin at once, as many as somebody wants', async () => {
    const many = at('client-1', 'warehouse.submit-job', {
      ...{ do: 'environment', what: 'operator-starts-offload', n: 3 },
    });
    const { history } = await run([many]);
    expect(startsOf(history, 'flow').slice(0, 4)).toEqual([900, 900, 900, 900]);
    expect(appendsOf(history).slice(0, 4)).toEqual([60, 60, 60, 60]);
  });

  test('after a reset of the watermarks everything is copied again', async () => {
    const reset: Fault = {
      at: { process: 'prefect', step: 'ledger.start-run', occurrence: 2, point: 'before' },
      action: { do: 'environment', what: 'operator-resets-watermark', n: 0 },
    };
    const { history } = await run([reset]);
    // Sixty were visible at 00:15; at 00:30 all 150 of the first two sends, and then the rest.
    expect(appendsOf(history)).toEqual([60, 150, 100]);
    expect(coldCopies(history).get(0)).toBe(2);
  });
});
