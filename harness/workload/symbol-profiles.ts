/**
 * The symbols that the generator knows: price level, tick, lot, activity.
 *
 * Ticks and lots are those of Binance spot, price levels those of August 2024. The numbers of
 * decimals differ on purpose, from whole thousands down to a price of eight significant decimals,
 * because that is where a pipeline that thinks in floats goes wrong. A symbol that is not in the
 * table gets the shape of a coin at 10 USDT. Amounts are whole numbers of 1e-8 here.
 */

export interface SymbolProfile {
  readonly symbol: string;
  /** Units of 1e-8. */
  readonly price: number;
  readonly tick: number;
  readonly lot: number;
  /** Smallest common quantity, units of 1e-8, a multiple of the lot. */
  readonly quantityCommon: number;
  /** Relative number of milliseconds with trades; BTCUSDT is 1. */
  readonly activity: number;
  /** Id of its first trade. */
  readonly firstId: number;
}

const unit = 1e8;

function profile(
  symbol: string,
  price: number,
  tick: number,
  lot: number,
  activity: number,
  firstId: number,
  quoteUsd = 1,
): SymbolProfile {
  const lotUnits = Math.round(lot * unit);
  const commonUnits = (5.5 / (price * quoteUsd)) * unit;
  return {
    symbol,
    price: Math.round(price * unit),
    tick: Math.round(tick * unit),
    lot: lotUnits,
    quantityCommon: Math.max(1, Math.round(commonUnits / lotUnits)) * lotUnits,
    activity,
    firstId,
  };
}

const known: readonly SymbolProfile[] = [
  profile('BTCUSDT', 61_837.63, 0.01, 0.000_01, 1, 3_735_703_163),
  profile('ETHUSDT', 2683.8, 0.01, 0.0001, 0.7, 1_520_553_440),
  profile('SOLUSDT', 155.52, 0.01, 0.001, 0.55, 712_400_118),
  profile('XRPUSDT', 0.6134, 0.0001, 1, 0.4, 668_003_951),
  profile('BNBUSDT', 513.6, 0.1, 0.001, 0.3, 884_217_340),
  profile('DOGEUSDT', 0.106_12, 0.000_01, 1, 0.25, 755_190_027),
  profile('PEPEUSDT', 0.000_007_94, 0.000_000_01, 1, 0.2, 241_987_004),
  profile('ADAUSDT', 0.3441, 0.0001, 0.1, 0.15, 482_771_560),
  profile('LINKUSDT', 10.51, 0.01, 0.01, 0.12, 339_201_776),
  profile('AVAXUSDT', 22.61, 0.01, 0.01, 0.1, 291_664_802),
  profile('ETHBTC', 0.0434, 0.000_01, 0.0001, 0.08, 466_311_290, 61_837),
  profile('TRXUSDT', 0.1268, 0.0001, 0.1, 0.06, 188_450_991),
];

export const symbolsDefault: readonly string[] = known.map(({ symbol }) => symbol);

/** Binance's symbols; anything else could break the JSON text around it. */
const symbolPattern = /^[A-Z0-9]{1,20}$/;

/** Throws RangeError for a name that no exchange would use. */
export function profileOf(symbol: string): SymbolProfile {
  if (!symbolPattern.test(symbol)) throw new RangeError(`symbol ${JSON.stringify(symbol)}`);
  const found = known.find((candidate) => candidate.symbol === symbol);
  return found ?? profile(symbol, 10, 0.001, 0.01, 0.1, 100_000_000);
}
