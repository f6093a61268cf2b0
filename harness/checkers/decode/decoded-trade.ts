/**
 * What the checkers' decoder says about the value of one record (docs/reference/binance-trade.md).
 *
 * A value is either a trade with exact fields or a dead letter with the first reason that applies;
 * there is no third outcome and no exception. The types carry no identity: topic, partition and
 * offset belong to the record, not to its value.
 */

export interface DecodedTrade {
  readonly kind: 'trade';
  readonly exchange: 'binance';
  readonly symbol: string;
  readonly tradeId: bigint;
  /** Price x 10^8. */
  readonly price: bigint;
  /** Quantity x 10^8. */
  readonly quantity: bigint;
  readonly side: 'BUY' | 'SELL';
  /** Microseconds since 1970, UTC. */
  readonly eventTimeUs: bigint;
  /** Microseconds since 1970, UTC. */
  readonly tradeTimeUs: bigint;
}

export interface DeadLetter {
  readonly kind: 'dead-letter';
  /**
   * `null-value`, `not-json`, `not-an-object`, `duplicate-key`, `unknown-event`, `bad-field:<key>`,
   * ...
   */
  readonly reason: string;
}

export function deadLetter(reason: string): DeadLetter {
  return { kind: 'dead-letter', reason };
}
