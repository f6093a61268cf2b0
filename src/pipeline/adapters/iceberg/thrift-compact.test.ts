import { expect, test } from 'vitest';
import { decodeThrift, encodeThrift, type ThriftStruct, thriftTypes } from './thrift-compact.ts';

const everyType: ThriftStruct = [
  { id: 1, type: thriftTypes.true, value: null },
  { id: 2, type: thriftTypes.byte, value: 200 },
  { id: 40, type: thriftTypes.i64, value: -(2n ** 63n) },
  { id: 41, type: thriftTypes.double, value: Buffer.from('0102030405060708', 'hex') },
  { id: 42, type: thriftTypes.binary, value: Buffer.from('größer') },
  {
    id: 43,
    type: thriftTypes.list,
    value: {
      elementType: thriftTypes.struct,
      items: Array.from({ length: 20 }, (_, i) => [
        { id: 3, type: thriftTypes.i32, value: BigInt(i) },
      ]),
    },
  },
  { id: 44, type: thriftTypes.list, value: { elementType: thriftTypes.true, items: [1, 2] } },
];

test('every wire type survives a round trip', () => {
  const bytes = encodeThrift(everyType);
  expect(decodeThrift(bytes)).toEqual(everyType);
  expect(encodeThrift(decodeThrift(bytes)).equals(bytes)).toBe(true);
});

test('a footer cut off anywhere is refused, never half understood', () => {
  const bytes = encodeThrift(everyType);
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeThrift(bytes.subarray(0, length))).toThrow(/Parquet footer/);
  }
});

test('bytes behind the footer and unknown types are refused', () => {
  expect(() => decodeThrift(Buffer.concat([encodeThrift([]), Buffer.alloc(1)]))).toThrow(
    /too many/,
  );
  expect(() => decodeThrift(Buffer.from([0x1b, 0x00]))).toThrow(/unknown type 11/);
});
