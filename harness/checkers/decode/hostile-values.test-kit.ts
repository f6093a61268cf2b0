/**
 * Hostile values for decoders: real events, damaged the way real systems and tests damage them.
 *
 * Each mutation takes the bytes of an event and changes one thing: a byte, the end, a key, a
 * number, an escape. Several mutations may follow one another. The generator is a fast-check
 * arbitrary, so a counterexample shrinks and its seed replays.
 */
import fc from 'fast-check';

const symbols = [
  'BTCUSDT',
  'ETHUSDT',
  'A',
  '1000SATSFDUSD',
  '币安人生USDT',
  'X'.repeat(64),
  'Ä'.repeat(33),
];
const decimals = [
  '61837.63000000',
  '0.00000001',
  '123456789012345.12345678',
  '90000000.00000000',
  '89999999.99999999',
  '99999999999999999999.99999999',
  '1',
  '007.5',
  '1.123456789',
  '1.',
  '.5',
  '-1.0',
  '1e3',
  '',
  '123456789012345678901',
  '123456789012345678901.123456789',
  '1.0\\u0030',
  ' 1.0',
  '1.0\\n',
];
const numbers = [
  '0',
  '7',
  '3735683259',
  '999999999999999',
  '1000000000000000',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551615',
  '18446744073709551616',
  '-0',
  '-1',
  '01',
  '1.0',
  '1e3',
  '1E400',
  '0e400',
  '"12"',
  'null',
  'true',
  '1'.repeat(400),
];
const times = ['1723161255343', '0', '9999999999999', '10000000000000', ...numbers];
const flags = ['true', 'false', '1', '"true"', 'null', 'tru', 'True'];

const often = <T>(usual: T, unusual: readonly T[]) =>
  fc.oneof(
    { weight: 16, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...unusual) },
  );

/** An event in Binance's key order, mostly plain, sometimes with one odd field. */
const eventText = fc
  .record({
    eventTime: often('1723161255343', times),
    symbol: fc.constantFrom(...symbols),
    tradeId: often('3735683259', numbers),
    price: often('61837.63000000', decimals),
    quantity: often('0.02000000', decimals),
    ids: often('', ['"b":88,"a":50,', '"b":088,"a":50,', '"b":88,']),
    tradeTime: often('1723161255342', times),
    maker: often('true', flags),
    tail: often(',"M":true', [',"M":false', '', ',"M":null', ',"M":1e400', ',"m":true']),
  })
  .map(
    (e) =>
      `{"e":"trade","E":${e.eventTime},"s":"${e.symbol}","t":${e.tradeId},"p":"${e.price}",` +
      `"q":"${e.quantity}",${e.ids}"T":${e.tradeTime},"m":${e.maker}${e.tail}}`,
  );

const snippets = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  ' ',
  '\n',
  '\t',
  '\0',
  '\u007f',
  '\u0085',
  '\ufeff',
  '0',
  '-',
  '.',
  'e9',
  '\\u0000',
  '\\ud800',
  '\\udc00',
  '\\ud83d\\ude00',
  '\\u0065',
  '"e":"trade",',
  '"\\u0065":"trade",',
  '"p":"1.0",',
  '"x":{"e":"kline","E":1,"p":"9"},',
  '"x":[{"t":1},{"t":2}],',
  '"x":[[[[]]]],',
  '"":{},',
  'null',
];

type Mutation = (bytes: Buffer) => Buffer;

const splice =
  (at: number, cut: number, put: Uint8Array): Mutation =>
  (bytes) => {
    const start = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + cut)]);
  };

const replaceText =
  (from: string | RegExp, to: string): Mutation =>
  (bytes) =>
    Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');

/** Members in another order; only meant for texts whose strings hold no comma. */
const reverseMembers: Mutation = (bytes) => {
  const text = bytes.toString('latin1');
  return Buffer.from(`{${text.slice(1, -1).split(',').reverse().join(',')}}`, 'latin1');
};

const position = fc.nat({ max: 200 });
const mutation = fc.oneof<fc.Arbitrary<Mutation>[]>(
  fc.tuple(position, fc.nat({ max: 255 })).map(([at, byte]) => splice(at, 1, Uint8Array.of(byte))),
  fc.tuple(position, fc.nat({ max: 3 })).map(([at, cut]) => splice(at, cut, new Uint8Array(0))),
  fc
    .tuple(position, fc.constantFrom(...snippets))
    .map(([at, text]) => splice(at, 0, Buffer.from(text))),
  fc.constantFrom(...snippets).map((text) => splice(1, 0, Buffer.from(text))),
  position.map(
    (length): Mutation =>
      (bytes) =>
        bytes.subarray(0, length),
  ),
  fc.constant(reverseMembers),
  fc.constantFrom(':', ',', '{', '}').map((char) => replaceText(char, ` ${char}\r\n`)),
  fc.constantFrom('BTC', 'trade', '"e"', '"p"').map((word) => replaceText(word, escaped(word))),
);

/** The word with its last letter written as an escape. */
function escaped(word: string): string {
  const at = word.endsWith('"') ? word.length - 2 : word.length - 1;
  const code = word.charCodeAt(at).toString(16).padStart(4, '0');
  return `${word.slice(0, at)}\\u${code}${word.slice(at + 1)}`;
}

const mutations = fc.oneof(
  fc.constant<Mutation[]>([]),
  fc.array(mutation, { minLength: 1, maxLength: 3 }),
);

/** Bytes of an event after none to three mutations. */
export const hostileValue: fc.Arbitrary<Buffer> = fc
  .tuple(eventText, mutations)
  .map(([text, chosen]) =>
    chosen.reduce((bytes: Buffer, mutate) => mutate(bytes), Buffer.from(text)),
  );
