import { Readable } from 'node:stream';
import { zstdCompressSync } from 'node:zlib';
import avro from 'avsc';
import { expect, test } from 'vitest';
import { type AvroSchema, avroWriter, readContainer, writeContainer } from './avro-container.ts';
import { systemRandom } from './random.ts';

const schema: AvroSchema = {
  type: 'record',
  name: 'r',
  fields: [
    { name: 'id', type: 'long', 'field-id': 1 },
    { name: 'text', type: ['null', 'string'], 'field-id': 2, default: null },
  ],
};
const writer = avroWriter(schema);
const records = [
  { id: 2n ** 63n - 1n, text: 'größer' },
  { id: -(2n ** 63n), text: null },
];

test('records with 64-bit numbers come back as they were', () => {
  const bytes = writeContainer(writer, { key: 'value' }, records, systemRandom);
  const read = readContainer(bytes);
  expect(read.records.map((one) => ({ ...(one as object) }))).toEqual(records);
  expect(read.metadata.key).toBe('value');
  expect(JSON.parse(read.metadata['avro.schema']!)).toEqual(schema);
});

test("avsc's own reader accepts the container", async () => {
  const small = [{ id: 7n, text: 'x' }];
  const bytes = writeContainer(writer, {}, small, systemRandom);
  const decoder = new avro.streams.BlockDecoder();
  const found: unknown[] = [];
  for await (const record of Readable.from([bytes]).pipe(decoder)) found.push({ ...record });
  expect(found).toEqual([{ id: 7, text: 'x' }]);
});

test('a container without records has a header only', () => {
  expect(readContainer(writeContainer(writer, {}, [], systemRandom)).records).toEqual([]);
});

test('a field that another writer calls otherwise is found by its id', () => {
  const bytes = writeContainer(writer, {}, records, systemRandom);
  const read = readContainer(bytes, new Map([[1, 'renamed']]));
  expect(read.records[0]).toMatchObject({ renamed: 2n ** 63n - 1n });
});

test('zstd blocks of other writers are read', () => {
  const body = zstdCompressSync(writer.type.toBuffer(records[0]));
  const meta = avro.Type.forSchema({ type: 'map', values: 'bytes' }).toBuffer({
    'avro.schema': Buffer.from(JSON.stringify(schema)),
    'avro.codec': Buffer.from('zstandard'),
  });
  const sync = Buffer.alloc(16, 1);
  const block = [Buffer.from([2]), avro.Type.forSchema('bytes').toBuffer(body), sync];
  const bytes = Buffer.concat([Buffer.from('Obj\u0001'), meta, sync, ...block]);
  expect(readContainer(bytes).records).toMatchObject([records[0]]);
});

test('a container that ends early is refused', () => {
  const bytes = writeContainer(writer, {}, records, systemRandom);
  expect(() => readContainer(bytes.subarray(0, bytes.length - 30))).toThrow(/ends early/);
  expect(() => readContainer(Buffer.from('PAR1'))).toThrow(/not an Avro container/);
});
