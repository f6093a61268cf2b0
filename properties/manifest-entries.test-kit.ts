/** Entries of a manifest as plain data, for the properties of manifests and their lists. */
import fc from 'fast-check';
import type { DataFile, ManifestEntry } from '../src/pipeline/adapters/iceberg/manifest-schema.ts';
import { lakeColumns } from '../src/pipeline/adapters/iceberg/schema.ts';

export const int63 = fc.oneof(
  fc.constantFrom(0n, 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
);
/** Rows and bytes: large, but a sum of some still fits 63 bits. */
const amount = fc.bigInt({ min: 0n, max: 2n ** 58n });
const pathText = fc.stringMatching(/^[A-Za-z0-9._=%+ äß-]{1,12}$/);
const perColumn = <V>(value: fc.Arbitrary<V>) =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...lakeColumns.map((one) => one.id)), value), {
      selector: ([id]) => id,
      maxLength: 4,
    })
    .map((pairs) => pairs.map(([key, one]) => ({ key, value: one })));
const optional = <V>(value: fc.Arbitrary<V>) => fc.option(value, { nil: null });
const bytes: fc.Arbitrary<Buffer> = fc.uint8Array({ maxLength: 20 }).map((one) => Buffer.from(one));

export const dataFile: fc.Arbitrary<DataFile> = fc.record({
  content: fc.constant(0),
  file_path: fc.tuple(pathText, pathText).map(([a, b]) => `file:///w/data/${a}/${b}.parquet`),
  file_format: fc.constant('PARQUET'),
  partition: fc.record({
    exchange: optional(fc.string({ unit: 'binary', maxLength: 8 })),
    trade_time_day: optional(fc.integer({ min: -800_000, max: 3_000_000 })),
  }),
  record_count: amount,
  file_size_in_bytes: amount,
  column_sizes: optional(perColumn(int63)),
  value_counts: optional(perColumn(int63)),
  null_value_counts: optional(perColumn(int63)),
  nan_value_counts: fc.constant(null),
  lower_bounds: optional(perColumn(bytes)),
  upper_bounds: optional(perColumn(bytes)),
  key_metadata: fc.constant(null),
  split_offsets: optional(fc.array(int63, { maxLength: 3 })),
  equality_ids: fc.constant(null),
  sort_order_id: optional(fc.nat()),
});

const added = dataFile.map(
  (data_file): ManifestEntry => ({
    status: 1,
    snapshot_id: 9n,
    sequence_number: null,
    file_sequence_number: null,
    data_file,
  }),
);
const existing = fc.tuple(dataFile, int63, int63, int63).map(
  ([data_file, snapshot_id, sequence_number, file_sequence_number]): ManifestEntry => ({
    status: 0,
    snapshot_id,
    sequence_number,
    file_sequence_number,
    data_file,
  }),
);

/** What one new manifest may hold: files of its own snapshot and files carried from older ones. */
export const newEntries = fc.array(fc.oneof(added, existing), { minLength: 1, maxLength: 8 });
