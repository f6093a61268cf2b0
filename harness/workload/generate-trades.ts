/**
 * Trades of any number from a seed, with the shapes of real ones.
 *
 * The same seed and options give the same bytes, on every machine. The market comes from
 * `TradeMarket`; this file decides what happens to a trade on its way to the log: most go straight
 * on, some are held back and come late, some come twice, and between them stand records that are no
 * trades. Trade ids stay without a gap per symbol as long as all that was held back has come; it
 * has at the end. Memory does not depend on the number of records.
 */

import { HoldBack } from './hold-back.ts';
import { malformedKinds } from './malformed-trades.ts';
import { Prng } from './prng.ts';
import { symbolsDefault } from './symbol-profiles.ts';
import { TradeMarket } from './trade-market.ts';
import { WorkloadError } from './workload-error.ts';
import type { WorkloadRecord } from './workload-record.ts';

export interface GenerateOptions {
  readonly seed: number;
  /** All records that come out, duplicates and malformed ones included. */
  readonly records: number;
  /** By default twelve of different activity. */
  readonly symbols?: readonly string[];
  /**
   * Time of the first trade, milliseconds since 1970; by default the end of the checked-in
   * recording.
   */
  readonly startMs?: number;
  /** Shares from 0 to 0.5 of all records. */
  readonly late?: number;
  readonly duplicated?: number;
  readonly malformed?: number;
}

const startMsDefault = 1_723_161_906_000;
const shareMax = 0.5;
/** A late record comes after so many others at most, a duplicate likewise. */
export const lateRecordsMax = 16_384;
export const duplicateRecordsMax = 1024;

/** Throws WorkloadError `bad-argument` at the call, not at the first record. */
export function generateTrades(options: GenerateOptions): Iterable<WorkloadRecord> {
  const { records, symbols = symbolsDefault, startMs = startMsDefault } = options;
  if (!Number.isSafeInteger(records) || records < 0) refuse('records', records);
  if (!Number.isSafeInteger(options.seed)) refuse('seed', options.seed);
  if (!(startMs >= 0 && startMs <= 9_000_000_000_000)) refuse('startMs', startMs);
  if (symbols.length === 0) refuse('symbols', 'an empty list');
  const { late = 0, duplicated = 0, malformed = 0 } = options;
  for (const [name, share] of Object.entries({ late, duplicated, malformed })) {
    if (!(share >= 0 && share <= shareMax)) refuse(name, share);
  }
  return {
    *[Symbol.iterator]() {
      const market = new TradeMarket(new Prng(options.seed), symbols, startMs);
      if (late + duplicated + malformed === 0) yield* plain(market, records);
      // A generator of its own, so that the trades are the same with and without the disorder.
      else
        yield* disordered(market, new Prng(~options.seed), records, {
          late,
          duplicated,
          malformed,
        });
    },
  };
}

function* plain(market: TradeMarket, records: number): Generator<WorkloadRecord> {
  for (let i = 0; i < records; i += 1) yield market.next();
}

function* disordered(
  market: TradeMarket,
  prng: Prng,
  records: number,
  shares: { readonly late: number; readonly duplicated: number; readonly malformed: number },
): Generator<WorkloadRecord> {
  const held = new HoldBack<WorkloadRecord>(lateRecordsMax);
  const lateBound = shares.malformed + shares.late;
  const duplicatedBound = lateBound + shares.duplicated;
  let kindNext = prng.below(malformedKinds.length);
  let lastTrade = market.next();
  let pending: WorkloadRecord | null = lastTrade;
  for (let out = 0; out < records; ) {
    // What is held must still fit in: near the end it goes out before anything new is made.
    const due = held.size >= records - out ? held.takeAny() : held.takeDue(out);
    if (due !== null) {
      yield due;
      out += 1;
      continue;
    }
    const draw = prng.unit();
    if (draw < shares.malformed) {
      yield malformedOf(lastTrade, kindNext);
      kindNext = (kindNext + 1) % malformedKinds.length;
      out += 1;
      continue;
    }
    lastTrade = pending ?? market.next();
    pending = null;
    const room = held.size < records - out - 1;
    if (draw < lateBound && room) {
      held.put(lastTrade, out + Math.floor(prng.logUniform(16, lateRecordsMax)));
      continue;
    }
    yield lastTrade;
    out += 1;
    if (draw < duplicatedBound && draw >= lateBound && held.size < records - out) {
      held.put(lastTrade, out + Math.floor(prng.logUniform(1, duplicateRecordsMax)));
    }
  }
}

function malformedOf({ key, symbol, value }: WorkloadRecord, kind: number): WorkloadRecord {
  const spoiled = malformedKinds[kind]!.spoil(value!.toString());
  return { key, value: spoiled, symbol, tradeId: null, eventTimeMs: null };
}

function refuse(name: string, value: unknown): never {
  throw new WorkloadError('bad-argument', `${name} is ${String(value)}`);
}
