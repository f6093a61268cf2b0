/**
 * A market of several symbols that trade at different pace, one trade after the other.
 *
 * It goes from millisecond to millisecond: picks a symbol by its activity, a number of trades for
 * it (an order that takes from many), one side for all of them, prices that run away from the
 * taker, amounts as robots and people send them. Event times never go back and lag behind the trade
 * time, as in the recording. Ids of a symbol rise in steps of one. All amounts are whole numbers of
 * 1e-8, so no text ever comes from a float.
 */

import type { Prng } from './prng.ts';
import { profileOf, type SymbolProfile } from './symbol-profiles.ts';
import {
  amountMultiple,
  burstBegins,
  burstGapDivisor,
  burstLength,
  eventLagMs,
  gapMs,
  priceStepPpm,
  priceStillBetween,
  priceStillInside,
  sameSide,
  tradesInMillisecond,
} from './trade-shapes.ts';
import { TradeWriter } from './trade-writer.ts';
import type { WorkloadRecord } from './workload-record.ts';

interface Listing {
  readonly profile: SymbolProfile;
  readonly key: Buffer;
  readonly activityUpTo: number;
  price: number;
  idNext: number;
  buyerIsMaker: boolean;
  /** The last millisecond in which it traded. */
  lastMs: number;
}

/** Prices stay between these multiples of where they began. */
const priceFactorMin = 0.5;
const priceFactorMax = 2;
/** No trade of a known symbol is larger; it also keeps every amount far below 2^53. */
const quantityUnitsMax = 4e15;

export class TradeMarket {
  readonly #prng: Prng;
  readonly #writer = new TradeWriter();
  readonly #listings: readonly Listing[];
  readonly #activity: number;
  #nowMs: number;
  /** Part of a millisecond that the gaps have added up to. */
  #restMs = 0;
  #eventMs: number;
  #burstLeft = 0;
  #current: Listing;
  #tradesLeft = 0;
  #first = true;

  constructor(prng: Prng, symbols: readonly string[], startMs: number) {
    this.#prng = prng;
    this.#nowMs = startMs;
    this.#eventMs = startMs;
    let activity = 0;
    this.#listings = symbols.map((symbol) => {
      const profile = profileOf(symbol);
      activity += profile.activity;
      return {
        profile,
        key: Buffer.from(symbol),
        activityUpTo: activity,
        price: profile.price,
        idNext: profile.firstId,
        buyerIsMaker: prng.next32() % 2 === 0,
        lastMs: -1,
      };
    });
    this.#activity = activity;
    this.#current = this.#listings[0]!;
  }

  next(): WorkloadRecord {
    if (this.#tradesLeft === 0) this.#nextMillisecond();
    const listing = this.#current;
    const { profile, key } = listing;
    this.#movePrice(listing, this.#first ? priceStillBetween : priceStillInside);
    this.#first = false;
    this.#tradesLeft -= 1;
    const id = listing.idNext;
    listing.idNext += 1;
    const trade = {
      symbol: profile.symbol,
      id,
      price: listing.price,
      quantity: this.#quantity(profile),
      eventTimeMs: this.#eventMs,
      tradeTimeMs: this.#nowMs,
      buyerIsMaker: listing.buyerIsMaker,
    };
    return {
      key,
      value: this.#writer.write(trade, key),
      symbol: profile.symbol,
      tradeId: BigInt(id),
      eventTimeMs: this.#eventMs,
    };
  }

  #nextMillisecond(): void {
    const prng = this.#prng;
    if (this.#burstLeft > 0) this.#burstLeft -= 1;
    else if (prng.unit() < burstBegins) this.#burstLeft = Math.floor(burstLength.draw(prng));
    const pace = this.#activity * (this.#burstLeft > 0 ? burstGapDivisor : 1);
    this.#restMs += gapMs.draw(prng) / pace;
    const passed = Math.floor(this.#restMs);
    this.#restMs -= passed;
    this.#nowMs += passed;
    const listing = this.#pick();
    // The gap is one between milliseconds of a symbol, so the same symbol does not come again in
    // the same one.
    if (listing.lastMs === this.#nowMs) this.#nowMs += 1;
    listing.lastMs = this.#nowMs;
    this.#eventMs = Math.max(this.#eventMs, this.#nowMs + Math.round(eventLagMs.draw(prng)));
    if (prng.unit() >= sameSide) listing.buyerIsMaker = !listing.buyerIsMaker;
    this.#current = listing;
    this.#tradesLeft = Math.floor(tradesInMillisecond.draw(prng));
    this.#first = true;
  }

  #pick(): Listing {
    const at = this.#prng.unit() * this.#activity;
    let i = 0;
    while (this.#listings[i]!.activityUpTo <= at) i += 1;
    return this.#listings[i]!;
  }

  /** A taker who sells walks down the bids, one who buys walks up the asks. */
  #movePrice(listing: Listing, stillShare: number): void {
    const prng = this.#prng;
    if (prng.unit() < stillShare) return;
    const { price, tick } = listing.profile;
    const step = Math.max(1, Math.round((listing.price * priceStepPpm.draw(prng)) / 1e6 / tick));
    const moved = listing.price + (listing.buyerIsMaker ? -step : step) * tick;
    if (moved < price * priceFactorMin || moved > price * priceFactorMax || moved < tick) return;
    listing.price = moved;
  }

  #quantity({ quantityCommon, lot }: SymbolProfile): number {
    const multiple = amountMultiple.draw(this.#prng);
    if (multiple === 1) return quantityCommon;
    const lots = Math.round((quantityCommon * multiple) / lot);
    return Math.min(lots * lot, quantityUnitsMax);
  }
}
