/**
 * Events whose verdict is known from how they were made.
 *
 * Each member is drawn with the reason that its source deserves (or null where it is right), then
 * the members are shuffled, spaced, doubled, wrapped or cut, and the verdict follows from the order
 * of docs/reference/binance-trade.md alone. So two decoders that share a mistake are still caught:
 * no decoder has a say in what is expected.
 */
import fc from 'fast-check';
import { decimalSource, eventMillis } from './trade-events.test-kit.ts';

/** A member's JSON source, null when it is left out, and whether it is right. */
interface Member {
  readonly source: string | null;
  readonly right: boolean;
  /** For prices and quantities: it is only too long behind the point. */
  readonly tooLong?: boolean;
}

export interface JudgedEvent {
  readonly members: Readonly<Record<Key, Member>>;
  readonly order: readonly number[];
  readonly space: string;
  /** Members that the reference page allows and does not store. */
  readonly extras: readonly string[];
  /** A key that stands twice, and how its second copy is spelled. */
  readonly doubled: { readonly key: Key; readonly escaped: boolean } | null;
  /** Sources of a value that no JSON text may hold here; null for none. */
  readonly poison: string | null;
  readonly wrap: 'none' | 'array' | 'text' | 'bom' | 'tail' | 'cut';
  readonly cutAt: number;
}

const keys = ['e', 'E', 's', 't', 'p', 'q', 'T', 'm'] as const;
type Key = (typeof keys)[number];

const right = (source: string): Member => ({ source, right: true });
const wrong = (source: string | null): Member => ({ source, right: false });
const tooLong = (source: string): Member => ({ source, right: false, tooLong: true });

/** Mostly right members, so that the reasons behind the first one are reached as well. */
const member = (good: fc.Arbitrary<Member>, bad: fc.Arbitrary<Member>) =>
  fc.oneof(
    { weight: 40, arbitrary: good },
    { weight: 2, arbitrary: bad },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(null, 'null', '{}', '[]', '""', '"\\u0000"', '-1', '1.5', '"x"')
        .map(wrong),
    },
  );

const millis = member(
  fc.oneof(
    eventMillis.map((ms) => right(String(ms))),
    fc.constant(right('-0')),
  ),
  fc.oneof(
    fc.constantFrom('10000000000000', '1e3', '0.0', 'true', '18446744073709551615').map(wrong),
    eventMillis.map((ms) => wrong(`"${ms}"`)),
  ),
);
const decimal = member(
  decimalSource.map((text) => right(`"${text}"`)),
  fc.oneof(
    decimalSource.map((text) => tooLong(`"${text.split('.')[0]}.${'0'.repeat(9)}"`)),
    decimalSource.map((text) => wrong(/^[1-9]\d{0,17}(\.|$)/.test(text) ? text : '0.5')),
    fc.constantFrom('"1."', '"-1"', '"1e1"', '"123456789012345678901"', '"1.0\\n"').map(wrong),
  ),
);

const symbolText = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 16 })
  .filter((text) => !/\p{Cc}/u.test(text) && text.isWellFormed());
const escapedText = (text: string) =>
  [...text].map((c) => [...c.split('')].map(unit).join('')).join('');
const unit = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

const memberOf: { readonly [K in Key]: fc.Arbitrary<Member> } = {
  e: member(
    fc.constantFrom('"trade"', '"tr\\u0061de"').map(right),
    fc.constantFrom('"kline"', '"Trade"', '"trade "', 'true').map(wrong),
  ),
  E: millis,
  s: member(
    fc.oneof(
      fc.constantFrom('BTCUSDT', 'X'.repeat(64), '币安人生USDT').map((s) => right(`"${s}"`)),
      symbolText.map((text) => right(JSON.stringify(text))),
      symbolText.map((text) => right(`"${escapedText(text)}"`)),
    ),
    fc
      .oneof(
        fc.constantFrom('X'.repeat(65), 'Ä'.repeat(33), 'A\u0085', 'A\\u007f').map((s) => `"${s}"`),
        fc.constant('7'),
      )
      .map(wrong),
  ),
  t: member(
    fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map((id) => right(`${id}`)),
    fc.constantFrom('9223372036854775808', '-5', '1.0', '"5"').map(wrong),
  ),
  p: decimal,
  q: decimal,
  T: millis,
  m: member(fc.constantFrom('true', 'false').map(right), fc.constantFrom('1', '"true"').map(wrong)),
};

/** Without integers so long, and escapes so odd, that the reference page refuses them. */
const anyJson = fc.json({ maxDepth: 3 }).filter((json) => !/\d{19}|\\u/.test(json));
const extra = fc.oneof(
  fc.constantFrom(
    '"M":true',
    '"b":88,"a":50',
    '"":{}',
    '"x":{"e":"kline","p":"9","p":"8","E":-1}',
    '"nested":[[[],{"t":[1,2]}],"\\ud83d\\ude00"]',
    '"huge":1e308,"tiny":1e-400',
    '"edge":18446744073709551615,"low":-9223372036854775808',
    '"bom":"\ufeff"',
  ),
  anyJson.map((json) => `"other":${json}`),
);
const poison = fc.constantFrom(
  '18446744073709551616',
  '-9223372036854775809',
  '1e400',
  `1${'0'.repeat(30)}`,
  '"\\ud800"',
  '{"\\udc00":1}',
  `${'['.repeat(1_023)}0${']'.repeat(1_023)}`,
  '01',
  '+1',
  '.5',
  'nul',
  "'a'",
  '"\n"',
  '"\\x"',
  '{"a":1,}',
  '[1,]',
  '\ufeff1',
);

export const judgedEvent: fc.Arbitrary<JudgedEvent> = fc.record({
  members: fc.record(memberOf),
  order: fc.oneof(fc.constant([]), fc.array(fc.nat({ max: 20 }), { minLength: 8, maxLength: 8 })),
  space: fc.constantFrom('', '', ' ', '\n', '\t \r\n'),
  extras: fc.uniqueArray(extra, { maxLength: 2, selector: (text) => text.split(':')[0] }),
  doubled: fc.option(fc.record({ key: fc.constantFrom(...keys), escaped: fc.boolean() }), {
    freq: 24,
  }),
  poison: fc.option(poison, { freq: 24 }),
  wrap: fc.oneof(
    { weight: 20, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constantFrom('array', 'text', 'bom', 'tail', 'cut') },
  ),
  cutAt: fc.nat(),
});

/** The value of the record, and the reason it deserves; null for a trade. */
export function judge(event: JudgedEvent): { value: Buffer; reason: string | null } {
  const listed = keys
    .map((key, i) => ({ key, source: event.members[key].source, at: event.order[i] ?? i }))
    .filter((one) => one.source !== null)
    .sort((a, b) => a.at - b.at)
    .map(({ key, source }) => `"${key}"${event.space}:${event.space}${source}`);
  const { doubled } = event;
  const isDoubled = doubled !== null && event.members[doubled.key].source !== null;
  const second = isDoubled ? [`"${doubled.escaped ? unit(doubled.key) : doubled.key}":1`] : [];
  const poisoned = event.poison === null ? [] : [`"poison":${event.poison}`];
  const all = [...listed, ...event.extras, ...second, ...poisoned];
  const { space } = event;
  const text = `${space}{${space}${all.join(`${space},${space}`)}${space}}${space}`;
  const value = Buffer.from(wrapped(text, event));
  if (event.wrap === 'text') return { value, reason: 'not-an-object' };
  if (['bom', 'tail', 'cut'].includes(event.wrap) || event.poison !== null) {
    return { value, reason: 'not-json' };
  }
  if (event.wrap === 'array') return { value, reason: 'not-an-object' };
  return { value, reason: isDoubled ? 'duplicate-key' : memberReason(event) };
}

function wrapped(text: string, { wrap, cutAt }: JudgedEvent): string {
  if (wrap === 'array') return `[${text}]`;
  if (wrap === 'text') return JSON.stringify(text);
  if (wrap === 'bom') return `\ufeff${text}`;
  if (wrap === 'tail') return `${text}x`;
  return wrap === 'cut' ? text.slice(0, cutAt % text.trimEnd().length) : text;
}

function memberReason({ members }: JudgedEvent): string | null {
  const key = keys.find((one) => !members[one].right);
  if (key === undefined) return null;
  if (key === 'e') return 'unknown-event';
  return `${members[key].tooLong ? 'too-many-decimals' : 'bad-field'}:${key}`;
}
