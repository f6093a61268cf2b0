/**
 * Manifests and manifest lists: what the engine writes, the checkers' own Avro reader finds
 * unchanged; counts are those of the entries; a merge loses no file; a manifest that lost entries
 * is refused where it is read.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect } from 'vitest';
import { canonicalUri } from '../harness/checkers/lake/lake-files.ts';
import {
  readManifestList as checkersList,
  readManifest as checkersManifest,
} from '../harness/checkers/lake/manifests.ts';
import {
  buildManifest,
  carriedEntries,
  readManifest,
} from '../src/pipeline/adapters/iceberg/manifest.ts';
import {
  buildManifestList,
  planMerge,
  readManifestList,
} from '../src/pipeline/adapters/iceberg/manifest-list.ts';
import {
  entryStatus,
  type KeyValue,
  type ManifestEntry,
  type ManifestFile,
} from '../src/pipeline/adapters/iceberg/manifest-schema.ts';
import { TableStore } from '../src/pipeline/adapters/iceberg/table-store.ts';
import { int63, newEntries } from './manifest-entries.test-kit.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);
const folder = mkdtempSync(join(tmpdir(), 'tidemark-manifests-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const zeros = (size: number) => Buffer.alloc(size);
const snapshot = { id: 2n ** 63n - 5n, sequenceNumber: 2n ** 62n };
const build = (entries: readonly ManifestEntry[], location = 'file:///w/m.avro') =>
  buildManifest(location, entries, snapshot, zeros);

/** Plain objects, because the Avro library gives records classes of its own. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
};
const mapOf = (pairs: ReadonlyArray<KeyValue<unknown>> | null) =>
  new Map((pairs ?? []).map(({ key, value }) => [key, plain(value)]));
const plainMap = (map: ReadonlyMap<number, unknown>) =>
  new Map([...map].map(([key, value]) => [key, plain(value)]));

describe('a manifest', () => {
  seededTest(
    'gives every entry back to the engine, and its files, values and bounds to the checkers',
    fc.property(newEntries, (entries) => {
      const { body } = build(entries);
      expect(plain(readManifest(body))).toEqual(plain(entries));
      const found = checkersManifest(body, 0);
      for (const [i, { status, data_file: file }] of entries.entries()) {
        const one = found[i]!;
        expect(one.status).toBe(status === entryStatus.added ? 'added' : 'existing');
        const { exchange, trade_time_day: day } = file.partition;
        expect([...one.file.partition].map(([name, value]) => [name, plain(value)])).toEqual([
          ['exchange', exchange === null ? null : Buffer.from(exchange).toString('hex')],
          ['trade_time_day', day === null ? null : BigInt(day)],
        ]);
        expect(one.file).toMatchObject({
          uri: canonicalUri(file.file_path),
          recordCount: file.record_count,
          sizeBytes: file.file_size_in_bytes,
        });
        expect(one.file.valueCounts).toEqual(mapOf(file.value_counts));
        expect(one.file.nullCounts).toEqual(mapOf(file.null_value_counts));
        expect(plainMap(one.file.lowerBounds)).toEqual(mapOf(file.lower_bounds));
        expect(plainMap(one.file.upperBounds)).toEqual(mapOf(file.upper_bounds));
      }
      expect(found).toHaveLength(entries.length);
    }),
    { runs: 150 },
  );

  seededTest(
    'is described by its list as it is: files, rows, oldest number, bounds of its partitions',
    fc.property(newEntries, (entries) => {
      const { file, body } = build(entries);
      const having = (status: number) => entries.filter((one) => one.status === status);
      const rows = (some: readonly ManifestEntry[]) =>
        some.reduce((sum, one) => sum + one.data_file.record_count, 0n);
      const [addedOnes, existingOnes] = [having(entryStatus.added), having(entryStatus.existing)];
      const numbers = entries.map((one) => one.sequence_number ?? snapshot.sequenceNumber);
      const oldest = [...numbers, snapshot.sequenceNumber].sort((a, b) => (a < b ? -1 : 1))[0];
      expect(file).toMatchObject({
        manifest_length: BigInt(body.length),
        added_files_count: addedOnes.length,
        existing_files_count: existingOnes.length,
        added_rows_count: rows(addedOnes),
        existing_rows_count: rows(existingOnes),
        min_sequence_number: oldest,
      });
      const partitions = entries.map((one) => one.data_file.partition);
      const [exchanges, days] = file.partitions!;
      const texts = partitions.flatMap(({ exchange }) =>
        exchange === null ? [] : [Buffer.from(exchange)],
      );
      const sorted = texts.sort(Buffer.compare);
      expect([exchanges!.lower_bound, exchanges!.upper_bound]).toEqual([
        sorted[0] ?? null,
        sorted.at(-1) ?? null,
      ]);
      expect(exchanges!.contains_null).toBe(texts.length < entries.length);
      const known = partitions.flatMap(({ trade_time_day: day }) => (day === null ? [] : [day]));
      expect(days!.lower_bound?.readInt32LE() ?? null).toBe(
        known.length === 0 ? null : Math.min(...known),
      );
      expect(days!.upper_bound?.readInt32LE() ?? null).toBe(
        known.length === 0 ? null : Math.max(...known),
      );
    }),
    { runs: 150 },
  );

  seededTest(
    'that is carried into another keeps each file with the numbers it had or inherited',
    fc.property(newEntries, int63, int63, (entries, addedId, sequenceNumber) => {
      const { file, body } = build(entries);
      const listed: ManifestFile = {
        ...file,
        added_snapshot_id: addedId,
        sequence_number: sequenceNumber,
      };
      const carried = carriedEntries(listed, readManifest(body));
      const again = readManifest(build(carried).body);
      expect(plain(again.map((one) => one.data_file))).toEqual(
        plain(entries.map((one) => one.data_file)),
      );
      for (const [i, one] of again.entries()) {
        const before = entries[i]!;
        expect([one.status, one.snapshot_id]).toEqual([entryStatus.existing, before.snapshot_id]);
        expect(one.sequence_number).toBe(before.sequence_number ?? sequenceNumber);
        expect(one.file_sequence_number).toBe(before.file_sequence_number ?? sequenceNumber);
      }
    }),
    { runs: 100 },
  );

  seededTest(
    'that has fewer or other files than its list says is refused where it is read',
    fc.asyncProperty(newEntries, fc.nat(), async (entries, which) => {
      const location = `file://${join(folder, 'm.avro')}`;
      const whole = build(entries, location);
      const store = new TableStore();
      writeFileSync(join(folder, 'm.avro'), whole.body);
      expect(plain(await store.manifest(whole.file))).toEqual(plain(entries));
      const gone = entries.filter((_, i) => i !== which % entries.length);
      writeFileSync(join(folder, 'm.avro'), build(gone).body);
      await expect(store.manifest(whole.file)).rejects.toMatchObject({ code: 'table-invalid' });
    }),
    { runs: 60 },
  );
});

/** Manifests of a list as the engine finds them: some of another writer, some with deletes. */
const listed: fc.Arbitrary<ManifestFile> = fc
  .record({
    name: fc.stringMatching(/^[a-z0-9-]{1,10}$/),
    length: fc.oneof(fc.bigInt({ min: 1n, max: 40n }), int63),
    content: fc.nat({ max: 9 }).map((n) => (n === 0 ? 1 : 0)),
    spec: fc.nat({ max: 9 }).map((n) => (n === 0 ? 1 : 0)),
    numbers: fc.tuple(int63, int63, int63, int63, int63, int63),
    counts: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
    summaries: fc.option(
      fc.array(
        fc.record({
          contains_null: fc.boolean(),
          contains_nan: fc.option(fc.boolean(), { nil: null }),
          lower_bound: fc.option(
            fc.uint8Array({ maxLength: 9 }).map((one) => Buffer.from(one)),
            { nil: null },
          ),
          upper_bound: fc.option(
            fc.uint8Array({ maxLength: 9 }).map((one) => Buffer.from(one)),
            { nil: null },
          ),
        }),
        { maxLength: 2 },
      ),
      { nil: null },
    ),
  })
  .map(({ name, length, content, spec, numbers, counts, summaries }) => ({
    manifest_path: `file:///w/metadata/${name}.avro`,
    manifest_length: length,
    partition_spec_id: spec,
    content,
    sequence_number: numbers[0],
    min_sequence_number: numbers[1],
    added_snapshot_id: numbers[2],
    added_files_count: counts[0],
    existing_files_count: counts[1],
    deleted_files_count: counts[2],
    added_rows_count: numbers[3],
    existing_rows_count: numbers[4],
    deleted_rows_count: numbers[5],
    partitions: summaries,
    key_metadata: null,
  }));

describe('a manifest list', () => {
  seededTest(
    'gives every line back to the engine, and its counts and bounds to the checkers',
    fc.property(
      fc.array(listed, { maxLength: 6 }),
      fc.option(int63, { nil: null }),
      (manifests, parentId) => {
        const body = buildManifestList(manifests, { ...snapshot, parentId }, zeros);
        expect(plain(readManifestList(body))).toEqual(plain(manifests));
        expect(plain(checkersList(body))).toEqual(
          manifests.map((one) => ({
            uri: one.manifest_path,
            addedFiles: BigInt(one.added_files_count),
            existingFiles: BigInt(one.existing_files_count),
            deletedFiles: BigInt(one.deleted_files_count),
            addedRows: one.added_rows_count,
            existingRows: one.existing_rows_count,
            deletedRows: one.deleted_rows_count,
            specId: one.partition_spec_id,
            partitionBounds: (one.partitions ?? []).map((summary) => ({
              lower: plain(summary.lower_bound),
              upper: plain(summary.upper_bound),
            })),
          })),
        );
      },
    ),
    { runs: 150 },
  );

  seededTest(
    'is merged without losing or doubling a manifest, and never one that is not ours to merge',
    fc.property(
      fc.uniqueArray(listed, { maxLength: 12, selector: (one) => one.manifest_path }),
      fc.nat({ max: 3 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 200 }),
      (manifests, manifestsNew, manifestsMergeMin, manifestBytesTarget) => {
        const limits = { manifestsMergeMin, manifestBytesTarget };
        const { merge, keep } = planMerge(manifests, manifestsNew, limits);
        const back = manifests.filter((one) => merge.includes(one) !== keep.includes(one));
        expect(back).toEqual(manifests);
        expect(merge.length + keep.length).toBe(manifests.length);
        expect(keep).toEqual(manifests.filter((one) => keep.includes(one)));
        expect(merge.every((one) => one.content === 0 && one.partition_spec_id === 0)).toBe(true);
        const length = merge.reduce((sum, one) => sum + one.manifest_length, 0n);
        expect(length <= BigInt(manifestBytesTarget)).toBe(true);
        if (merge.length > 0) {
          expect(merge.length + manifestsNew).toBeGreaterThanOrEqual(
            Math.max(2, manifestsMergeMin),
          );
        }
      },
    ),
    { runs: 400 },
  );
});
