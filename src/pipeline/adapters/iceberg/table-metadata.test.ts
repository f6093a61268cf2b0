import { expect, test } from 'vitest';
import { checkShape, newTableMetadata } from './new-table.ts';
import { draftSnapshot, metadataName, succeed, withSnapshot } from './next-metadata.ts';
import { currentSnapshot, metadataText, parseMetadata } from './table-metadata.ts';

const location = 'file:///w/t/metadata/00000-a.metadata.json';
const first = newTableMetadata('file:///w/t', 'uuid', 1000);

test('an id of 63 bits is written in full and read back in full', () => {
  const draft = { id: 2n ** 63n - 1n, parentId: null, sequenceNumber: 1n, timestampMs: 2000 };
  const metadata = withSnapshot(first, draft, 'file:///l.avro', { operation: 'append' });
  const text = metadataText(metadata);
  expect(text).toContain('"current-snapshot-id":9223372036854775807');
  const read = parseMetadata(text, location);
  expect(read).toEqual(metadata);
  expect(currentSnapshot(read)?.['manifest-list']).toBe('file:///l.avro');
  expect(metadataText(read)).toBe(text);
});

test('what we do not know is kept, whole numbers beyond 53 bits included', () => {
  const text = metadataText(first).replace('{', '{"other":{"big":9007199254740993,"half":0.5},');
  expect(metadataText(parseMetadata(text, location))).toBe(text);
});

test('another format version, or no JSON, is refused', () => {
  const text = metadataText({ ...first, 'format-version': 3 });
  expect(() => parseMetadata(text, location)).toThrow(/version 3 is not 2/);
  expect(() => parseMetadata('{', location)).toThrow(/is not JSON/);
});

test('a table whose column has another type or id is refused', () => {
  checkShape(first, location);
  const text = metadataText(first);
  const changed = text.replace('"id":6,"name":"trade_id"', '"id":12,"name":"trade_id"');
  expect(changed).not.toBe(text);
  expect(() => checkShape(parseMetadata(changed, location), location)).toThrow(/another shape/);
});

test('the log of earlier versions is bounded, and what falls out is named', () => {
  let base = { location, metadata: first };
  const dropped: string[] = [];
  for (let version = 1; version <= 105; version++) {
    const next = succeed(base, base.metadata, 1000 + version);
    dropped.push(...next.dropped);
    base = { location: `file:///w/t/metadata/${version}`, metadata: next.metadata };
  }
  expect(base.metadata['metadata-log']).toHaveLength(100);
  const others = [1, 2, 3, 4].map((version) => `file:///w/t/metadata/${version}`);
  expect(dropped).toEqual([location, ...others]);
});

test('a clock that fell back does not make the table younger', () => {
  const draft = draftSnapshot(first, 500, () => Buffer.alloc(8, 7));
  expect(draft.timestampMs).toBe(1000);
  const next = succeed({ location, metadata: first }, withSnapshot(first, draft, 'l', {}), 400);
  expect(next.metadata['last-updated-ms']).toBe(1000);
});

test('a random source that repeats itself never gives a used id', () => {
  const same = () => Buffer.alloc(8, 7);
  const draft = draftSnapshot(first, 0, same);
  const metadata = withSnapshot(first, draft, 'l', {});
  expect(() => draftSnapshot(metadata, 0, same)).toThrow(/no free snapshot id/);
});

test('versions count on from the base, whoever named it', () => {
  expect(metadataName(location, 'u')).toBe('00001-u.metadata.json');
  expect(metadataName('file:/x/123456-b.metadata.json', 'u')).toBe('123457-u.metadata.json');
});
