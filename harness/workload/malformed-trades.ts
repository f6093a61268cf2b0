/**
 * Every way in which a record can fail to be a trade, one sample each, with the reason that
 * docs/reference/binance-trade.md names.
 *
 * Each kind takes the bytes of a real event and spoils one thing, so that what reaches the dead
 * letters looks like what goes wrong in practice: a cut message, a changed type, a doubled key. The
 * expected reason stands beside the kind, and a test holds both against the page. The generator
 * goes through the kinds in turn, so even a small share shows all of them.
 */

export interface MalformedKind {
  readonly name: string;
  /** As in docs/reference/binance-trade.md. */
  readonly reason: string;
  /** `event` is the text of a good trade. */
  spoil(event: string): Buffer | null;
}

const kind = (name: string, reason: string, spoil: (event: string) => string): MalformedKind => ({
  name,
  reason,
  spoil: (event) => Buffer.from(spoil(event)),
});

const withField = (key: string, text: string) => (event: string) =>
  event.replace(new RegExp(`"${key}":(?:"[^"]*"|[^,}]*)`), `"${key}":${text}`);
const without = (key: string) => (event: string) =>
  event.replace(new RegExp(`"${key}":(?:"[^"]*"|[^,}]*),`), '');
const field = (key: string, name: string, text: string): MalformedKind =>
  kind(`${key} ${name}`, `bad-field:${key}`, withField(key, text));
const missing = (key: string): MalformedKind =>
  kind(`${key} missing`, `bad-field:${key}`, without(key));

export const malformedKinds: readonly MalformedKind[] = [
  { name: 'tombstone', reason: 'null-value', spoil: () => null },
  kind('empty value', 'not-json', () => ''),
  kind('cut off', 'not-json', (event) => event.slice(0, event.length >> 1)),
  kind('bytes behind the end', 'not-json', (event) => `${event}{`),
  kind('leading zero', 'not-json', withField('t', '012')),
  {
    name: 'invalid UTF-8',
    reason: 'not-json',
    spoil: (event) => {
      const bytes = Buffer.from(event);
      bytes[event.indexOf('"s":"') + 5] = 0xff;
      return bytes;
    },
  },
  kind('an array', 'not-an-object', (event) => `[${event}]`),
  kind('a number', 'not-an-object', () => '42'),
  kind('a key twice', 'duplicate-key', (event) => `${event.slice(0, -1)},"p":"1.00000000"}`),
  kind('no event type', 'unknown-event', without('e')),
  kind('an aggregate', 'unknown-event', withField('e', '"aggTrade"')),
  missing('E'),
  field('E', 'as a fraction', '1723161255343.5'),
  field('E', 'in microseconds', '17231612553430'),
  missing('s'),
  field('s', 'empty', '""'),
  field('s', 'with a control character', '"BTC\\u0000"'),
  missing('t'),
  field('t', 'as a string', '"3735683259"'),
  field('t', 'below zero', '-1'),
  field('t', 'beyond 64 bits', '9223372036854775808'),
  missing('p'),
  field('p', 'as a number', '61837.63'),
  field('p', 'with an exponent', '"6.1e4"'),
  field('p', 'below zero', '"-61837.63000000"'),
  missing('q'),
  field('q', 'empty', '""'),
  field('q', 'without a digit before the point', '".02000000"'),
  missing('T'),
  field('T', 'null', 'null'),
  missing('m'),
  field('m', 'as a string', '"true"'),
  kind('p with nine decimals', 'too-many-decimals:p', withField('p', '"61837.630000001"')),
  kind('q with nine decimals', 'too-many-decimals:q', withField('q', '"0.020000001"')),
];
