import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAvroFile } from './avro.ts';

const folder = join(import.meta.dirname, 'fixtures/pyiceberg/bronze_trades_binance/metadata');
const files = readdirSync(folder).filter((name) => name.endsWith('.avro'));
const listOf = (name: string) => readFileSync(join(folder, name));
const first = listOf(files.find((name) => name.startsWith('snap-'))!);

describe('a file of a foreign writer', () => {
  test.each(files)('%s reads to its end', (name) => {
    const { metadata, records } = readAvroFile(listOf(name));
    expect(metadata.get('avro.schema')).toContain('"record"');
    expect(records.length).toBeGreaterThan(0);
  });

  test('63-bit integers are bigint and bytes stay bytes', () => {
    const record = readAvroFile(first).records[0]!;
    expect(typeof record.added_snapshot_id).toBe('bigint');
    expect(typeof record.manifest_path).toBe('string');
    const [bounds] = record.partitions as ReadonlyArray<{ readonly lower_bound: Uint8Array }>;
    expect(bounds?.lower_bound).toEqual(Buffer.from('binance'));
  });
});

describe('a broken file is refused, never read in part', () => {
  test('cut short at any byte', () => {
    for (let bytes = 0; bytes < first.length; bytes += 37) {
      expect(() => readAvroFile(first.subarray(0, bytes))).toThrow();
    }
    expect(() => readAvroFile(first.subarray(0, first.length - 1))).toThrow(/cut short/);
  });

  test('with another sync marker at the end', () => {
    const broken = Buffer.from(first);
    broken[broken.length - 1]! ^= 1;
    expect(() => readAvroFile(broken)).toThrow(/sync marker/);
  });

  test('that is something else', () => {
    expect(() => readAvroFile(Buffer.from('PAR1 and so on'))).toThrow(/container/);
  });
});
