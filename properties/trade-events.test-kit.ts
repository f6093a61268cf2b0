/**
 * Trade events for the properties: the text that Binance sends, and its numbers as text.
 *
 * Values lean to the edges of docs/reference/binance-trade.md: zero, leading zeros, the most digits,
 * the widths at which the fast decoder changes its arithmetic, the days on which other systems'
 * calendars end.
 */
import fc from 'fast-check';

/** The members of an event as JSON sources; null leaves one out. */
export interface EventSources {
  readonly e: string | null;
  readonly E: string | null;
  readonly s: string | null;
  readonly t: string | null;
  readonly p: string | null;
  readonly q: string | null;
  readonly T: string | null;
  readonly m: string | null;
}

export const usualEvent: EventSources = {
  e: '"trade"',
  E: '1723161255343',
  s: '"BTCUSDT"',
  t: '3735683259',
  p: '"61837.63000000"',
  q: '"0.02000000"',
  T: '1723161255342',
  m: 'true',
};

/** An event in Binance's order of keys, without white space. */
export function eventText(changes: Partial<EventSources> = {}): string {
  const members = Object.entries({ ...usualEvent, ...changes }).filter(([, one]) => one !== null);
  return `{${members.map(([key, source]) => `"${key}":${source}`).join(',')}}`;
}

export const bytesOf = (text: string) => Buffer.from(text, 'utf8');

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });

const wholes = [
  '0',
  '00',
  '7',
  '89999999',
  '90000000',
  '999999999999999',
  '1000000000000000',
  '99999999999999999999',
  '00000000000000000000',
  '00000000000000000001',
];

/** A price or quantity as text that is a trade's: digits, and up to eight after the point. */
export const decimalSource: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...wholes) }, digits(1, 20)),
    fc.oneof(
      fc.constantFrom('', '0', '00000000', '00000001', '99999999', '9'),
      digits(0, 8),
      digits(8, 8),
    ),
  )
  .map(([whole, fraction]) => (fraction === '' ? whole : `${whole}.${fraction}`));

/** What a decimal text means, x 10^8, by the plainest arithmetic there is. */
export function unscaledOf(source: string): bigint {
  const [whole, fraction = ''] = source.split('.');
  return BigInt(whole!) * 10n ** 8n + BigInt(fraction.padEnd(8, '0') || '0');
}

/** Last milliseconds of the days that 16-bit calendars and 13-digit milliseconds know. */
const daysEnd = [65_535, 65_536, 65_537].map((days) => days * 86_400_000);
const millisEdges = [0, 1, 999, 1_000, 86_399_999, 86_400_000, 4_294_967_296, 9_999_999_999_999];

/** Milliseconds since 1970 that an event may carry, 0 to 9999999999999. */
export const eventMillis: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(...millisEdges, ...daysEnd, ...daysEnd.map((ms) => ms - 1)),
  fc.integer({ min: 0, max: 9_999_999_999_999 }),
);

/** Lists for one question to ClickHouse, which costs the same for one value and for hundreds. */
export const manyOf = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(one, { minLength: 1, maxLength: 300, size: 'max' });
