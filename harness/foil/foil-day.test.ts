/**
 * A whole day and a night of the foil without any fault: every record arrives once, and the candles
 * are wrong and frozen all the same, each of them as the arithmetic says. On top of it the audit
 * cries wolf.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { DerivedEvent, History } from '../checkers/history/history.ts';
import { epochStartMs } from '../simulation/kernel/process.ts';
import { type Run, runSchedule } from '../simulation/run-schedule.ts';
import { producedRecord, tradeGapMs } from '../simulation/system/trade-records.ts';
import type { AuditRow } from './audit.ts';
import { buildFoil } from './foil.ts';
import { bronzeCopies, coldCopies, upTo } from './foil-history.test-kit.ts';
import { foilSchedule, paced } from './foil-schedule.ts';
import { candleTables, units } from './summing-candles.ts';

const hourMs = 3_600_000;
/** Until after the second audit, at two o'clock. */
const durationMs = 26.25 * hourMs;
const tradesOfSend = 24;
const sends = Math.floor(durationMs / tradeGapMs / tradesOfSend);
const numbers = upTo(0, sends * tradesOfSend - 1);

interface Due {
  readonly opens: Set<string>;
  readonly closes: Set<string>;
  readonly prices: bigint[];
  volume: bigint;
  trades: number;
  firstMs: number;
  lastMs: number;
}

/** Every candle that the day should have, from the numbers of its trades. */
function dueCandles(): ReadonlyMap<string, Due> {
  const due = new Map<string, Due>();
  for (const n of numbers) {
    const [, symbol, , price, quantity, time] = producedRecord(n, 'trade').content.split('|');
    const timeMs = Number(time);
    for (const { windowMs } of candleTables) {
      const name = `${symbol} ${windowMs} ${timeMs - (timeMs % windowMs)}`;
      const candle = due.get(name) ?? {
        ...{ opens: new Set<string>(), closes: new Set<string>(), prices: [] },
        ...{ volume: 0n, trades: 0, firstMs: timeMs, lastMs: timeMs },
      };
      due.set(name, candle);
      if (timeMs === candle.firstMs) candle.opens.add(price!);
      if (timeMs > candle.lastMs) candle.closes.clear();
      candle.lastMs = timeMs;
      candle.closes.add(price!);
      candle.prices.push(units(price!));
      candle.volume += units(quantity!);
      candle.trades += 1;
    }
  }
  return due;
}

/** The last word of a layer about each window. */
function candlesOf({ events }: History, layer: DerivedEvent['layer']): readonly DerivedEvent[] {
  const last = new Map<string, DerivedEvent>();
  for (const event of events) {
    if (event.type !== 'candle' || event.layer !== layer) continue;
    last.set(`${event.symbol} ${event.windowMs} ${event.windowStart}`, event);
  }
  return [...last.values()];
}

const least = (values: readonly bigint[]) => values.reduce((a, b) => (a < b ? a : b));
const greatest = (values: readonly bigint[]) => values.reduce((a, b) => (a > b ? a : b));

function hasRightPrices(candle: DerivedEvent, due: Due): boolean {
  return (
    due.opens.has(candle.open) &&
    due.closes.has(candle.close) &&
    units(candle.high) === greatest(due.prices) &&
    units(candle.low) === least(due.prices)
  );
}

describe('a day of the foil without a fault', () => {
  const audits: AuditRow[] = [];
  const due = dueCandles();
  let run: Run;
  beforeAll(async () => {
    const schedule = foilSchedule(paced(Array(sends).fill(tradesOfSend), 2), [], { partitions: 2 });
    const build = buildFoil({ onAudit: (row) => audits.push(row) });
    run = await runSchedule(schedule, { build, everyFaultMustBite: true });
  });

  const dueOf = ({ symbol, windowMs, windowStart }: DerivedEvent) =>
    due.get(`${symbol} ${windowMs} ${windowStart}`)!;

  test('every record is in bronze and in the lake, once', () => {
    const once = numbers.map((n) => [n, 1]);
    expect([...bronzeCopies(run.history)]).toEqual(once);
    expect([...coldCopies(run.history)]).toEqual(once);
  });

  test('so nothing is named but candles', () => {
    const { findings, verdict } = run.judgement;
    expect(verdict).toBe('violated');
    expect([...new Set(findings.map(({ code }) => code))].sort()).toEqual([
      'candle-frozen',
      'candle-wrong',
    ]);
  });

  test('volume and count are right in gold and every window is there: it looks well', () => {
    const gold = candlesOf(run.history, 'gold');
    expect(gold).toHaveLength(due.size);
    for (const candle of gold) {
      const { trades, volume } = dueOf(candle);
      expect([candle.trades, units(candle.volume)]).toEqual([trades, volume]);
    }
  });

  test('as many candles are named as wrong and frozen as the trades themselves say', () => {
    const gold = candlesOf(run.history, 'gold');
    const cold = candlesOf(run.history, 'cold-gold');
    const frozen = cold.filter((candle) => candle.trades < dueOf(candle).trades);
    const whole = [...gold, ...cold].filter((candle) => candle.trades === dueOf(candle).trades);
    const wrong = whole.filter((candle) => !hasRightPrices(candle, dueOf(candle)));
    expect(frozen.length + whole.length).toBe(gold.length + cold.length);
    expect(run.judgement.counts['candle-frozen']).toBe(frozen.length);
    expect(run.judgement.counts['candle-wrong']).toBe(wrong.length);
    expect(wrong.length).toBeGreaterThan(0);
  });

  test('in cold storage every candle of half an hour or longer is frozen unfinished', () => {
    const cold = candlesOf(run.history, 'cold-gold');
    for (const windowMs of [1_800_000, hourMs, 24 * hourMs]) {
      const ended = cold.filter(
        (candle) =>
          candle.windowMs === windowMs &&
          candle.windowStart + windowMs <= epochStartMs + numbers.length * tradeGapMs,
      );
      expect(ended.length).toBeGreaterThan(0);
      for (const candle of ended) expect(candle.trades).toBeLessThan(dueOf(candle).trades);
    }
  });

  test('the candle of the day has what was there at a quarter past midnight: one per cent', () => {
    const ofDay = candlesOf(run.history, 'cold-gold').filter(
      ({ windowMs, windowStart }) => windowMs === 24 * hourMs && windowStart === epochStartMs,
    );
    expect(ofDay.map(({ symbol }) => symbol).sort()).toEqual(['BTCUSDT', 'ETHUSDT']);
    for (const candle of ofDay) {
      const share = candle.trades / dueOf(candle).trades;
      expect(share).toBeGreaterThan(0.008);
      expect(share).toBeLessThan(0.013);
    }
  });

  test('the audit warns every night, of rows that are only under way', () => {
    expect(audits.map(({ status }) => status)).toEqual(['missing_data', 'warning']);
    // The run of 01:45 copied what was older than 01:40, and the audit is at 02:00.
    const underWayMs = 20 * 60_000;
    const { delta } = audits[1]!;
    expect(Math.abs(delta - underWayMs / tradeGapMs)).toBeLessThanOrEqual(tradesOfSend);
  });
});
