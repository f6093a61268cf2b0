/**
 * Table metadata: 63-bit ids survive every reader and writer, what another engine has put into the
 * file stays, and a table's history only moves forward, whatever the clock does.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { checkLineage } from '../harness/checkers/lake/check-lineage.ts';
import type { LakeState } from '../harness/checkers/lake/lake-state.ts';
import { parseMetadata as checkersParse } from '../harness/checkers/lake/metadata-json.ts';
import { newTableMetadata } from '../src/pipeline/adapters/iceberg/new-table.ts';
import {
  draftSnapshot,
  metadataName,
  succeed,
  withSnapshot,
} from '../src/pipeline/adapters/iceberg/next-metadata.ts';
import {
  currentSnapshot,
  metadataText,
  parseMetadata,
  type Snapshot,
  type TableMetadata,
} from '../src/pipeline/adapters/iceberg/table-metadata.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);
const location = 'file:///w/cold/t/metadata/00001-a.metadata.json';

/** Snapshot ids and sequence numbers, with the numbers that a double cannot tell apart. */
const id63 = fc.oneof(
  fc.constantFrom(1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n),
  fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
);
const text = fc.string({ unit: 'binary', maxLength: 12 });
/** The checkers' schema library leaves out a key of this one name, on purpose. */
const refName = text.filter((name) => name !== '__proto__');
const snapshot: fc.Arbitrary<Snapshot> = fc.record(
  {
    'snapshot-id': id63,
    'parent-snapshot-id': fc.option(id63),
    'sequence-number': id63,
    'timestamp-ms': fc.nat({ max: 2 ** 43 }),
    'manifest-list': text.map((name) => `file:///w/cold/t/metadata/${name}.avro`),
    summary: fc.dictionary(fc.stringMatching(/^[a-z-]{1,10}$/), text, { maxKeys: 3 }),
    'schema-id': fc.constant(0),
  },
  { requiredKeys: ['snapshot-id', 'sequence-number', 'timestamp-ms', 'manifest-list', 'summary'] },
);
const metadata = fc
  .record({
    snapshots: fc.uniqueArray(snapshot, { maxLength: 6, selector: (one) => one['snapshot-id'] }),
    last: id63,
    current: fc.nat(),
    refs: fc.dictionary(refName, id63, { maxKeys: 3 }),
    logged: fc.array(text, { maxLength: 3 }),
    properties: fc.dictionary(text, text, { maxKeys: 3 }),
  })
  .map(
    ({ snapshots, last, current, refs, logged, properties }): TableMetadata => ({
      ...newTableMetadata('file:///w/cold/t', 'uuid', 7),
      snapshots,
      'last-sequence-number': last,
      'current-snapshot-id':
        snapshots.length === 0 ? -1n : snapshots[current % snapshots.length]!['snapshot-id'],
      refs: Object.fromEntries(
        Object.entries(refs).map(([name, id]) => [name, { 'snapshot-id': id, type: 'branch' }]),
      ),
      'snapshot-log': snapshots.map((one) => ({
        'snapshot-id': one['snapshot-id'],
        'timestamp-ms': one['timestamp-ms'],
      })),
      'metadata-log': logged.map((name) => ({
        'metadata-file': `file:///${name}`,
        'timestamp-ms': 1,
      })),
      properties,
    }),
  );

describe('a metadata file', () => {
  seededTest(
    'comes back as it was written, every id to its last bit',
    fc.property(metadata, (table) => {
      const written = metadataText(table);
      const read = parseMetadata(written, location);
      expect(read).toEqual(table);
      expect(metadataText(read)).toBe(written);
      expect(currentSnapshot(read)?.['snapshot-id'] ?? -1n).toBe(table['current-snapshot-id']);
    }),
    { runs: 300 },
  );

  seededTest(
    'has the same ids, parents, numbers, references and files for the checkers',
    fc.property(metadata, (table) => {
      const read = checkersParse(metadataText(table));
      expect(read['current-snapshot-id']).toBe(table['current-snapshot-id']);
      expect(read['last-sequence-number']).toBe(table['last-sequence-number']);
      const facts = (one: NonNullable<typeof read.snapshots>[number] | Snapshot) => [
        one['snapshot-id'],
        one['parent-snapshot-id'] ?? null,
        one['sequence-number'],
        one['timestamp-ms'],
        one['manifest-list'],
        Object.entries(one.summary),
      ];
      expect(read.snapshots?.map(facts)).toEqual(table.snapshots?.map(facts));
      const ids = (refs: Readonly<Record<string, { 'snapshot-id': bigint }>> = {}) =>
        Object.entries(refs).map(([name, ref]) => [name, ref['snapshot-id']]);
      expect(ids(read.refs)).toEqual(ids(table.refs));
      const files = table['metadata-log']?.map((one) => one['metadata-file']);
      expect(read['metadata-log'].map((one) => one['metadata-file'])).toEqual(files);
    }),
    { runs: 300 },
  );

  /** JSON of another engine: integers of any length, nested as deep as it likes. */
  const { foreign } = fc.letrec<{ foreign: string }>((tie) => ({
    foreign: fc.oneof(
      { depthSize: 'small' },
      fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }).map(String),
      fc.bigInt({ min: -100n, max: 100n }).map(String),
      fc.constantFrom('true', 'null', '1.5', '-0.25'),
      text.map((one) => JSON.stringify(one)),
      fc.array(tie('foreign'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
      fc
        .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z][a-z-]{0,9}$/), tie('foreign')), {
          maxLength: 3,
          selector: ([key]) => key,
        })
        .map((entries) => `{${entries.map(([key, one]) => `"${key}":${one}`).join(',')}}`),
    ),
  }));

  seededTest(
    'keeps what another engine has put into it, digit by digit',
    fc.property(
      fc.dictionary(fc.stringMatching(/^x-[a-z]{1,6}$/), foreign, { maxKeys: 4 }),
      (others) => {
        const own = metadataText(newTableMetadata('file:///w', 'uuid', 7));
        const members = Object.entries(others).map(([key, source]) => `"${key}":${source}`);
        const whole = `{${[own.slice(1, -1), ...members].join(',')}}`;
        expect(metadataText(parseMetadata(whole, location))).toBe(whole);
      },
    ),
    { runs: 400 },
  );

  seededTest(
    'that is cut anywhere is refused by name, and so is anything that is none',
    fc.property(metadata, fc.nat(), fc.json(), (table, at, other) => {
      const whole = metadataText(table);
      for (const wrong of [whole.slice(0, at % whole.length), other, `${whole}${whole}`]) {
        let code: unknown = null;
        try {
          parseMetadata(wrong, location);
        } catch (error) {
          code = (error as { code?: unknown }).code;
        }
        expect(code).toBe('table-invalid');
        expect(() => checkersParse(wrong)).toThrow();
      }
    }),
    { runs: 200 },
  );
});

/** What a commit finds: how far the clock has moved, forward or back, and random bytes for the id. */
const commits = fc.array(
  fc.record({ movedMs: fc.integer({ min: -50_000, max: 50_000 }), random: id63 }),
  { maxLength: 12 },
);

const stateOf = (table: TableMetadata): LakeState => {
  const read = checkersParse(metadataText(table));
  return {
    metadataLocation: location,
    location: read.location,
    formatVersion: 2,
    currentSnapshotId: read['current-snapshot-id'] === -1n ? null : read['current-snapshot-id']!,
    lastSequenceNumber: read['last-sequence-number'],
    columns: [],
    specs: new Map(),
    snapshots: (read.snapshots ?? []).map((one) => ({
      snapshotId: one['snapshot-id'],
      parentId: one['parent-snapshot-id'] ?? null,
      sequenceNumber: one['sequence-number'],
      timestampMs: one['timestamp-ms'],
      operation: 'append',
      summary: one.summary,
      manifestList: one['manifest-list'],
      manifests: [],
    })),
    references: new Map(Object.entries(read.refs).map(([name, ref]) => [name, ref['snapshot-id']])),
    manifests: new Map(),
    metadataLog: [],
    unreadable: [],
  };
};

seededTest(
  'a history of commits is one line that only moves forward, although the clock falls back',
  fc.property(
    commits,
    fc.integer({ min: 1, max: 5 }),
    fc.boolean(),
    (drawn, versionsMax, deletes) => {
      let nowMs = 1_770_000_000_000;
      let base = { location, metadata: newTableMetadata('file:///w/cold/t', 'uuid', nowMs) };
      base.metadata = {
        ...base.metadata,
        properties: {
          'write.metadata.previous-versions-max': String(versionsMax),
          'write.metadata.delete-after-commit.enabled': String(deletes),
        },
      };
      const locations = [base.location];
      const dropped: string[] = [];
      for (const { movedMs, random } of drawn) {
        nowMs += movedMs;
        const idBytes = Buffer.alloc(8);
        let next = random << 1n;
        const drawBytes = () => {
          idBytes.writeBigUInt64LE(BigInt.asUintN(64, next));
          next += 4n;
          return idBytes;
        };
        const draft = draftSnapshot(base.metadata, nowMs, drawBytes);
        const changed = withSnapshot(base.metadata, draft, `file:///l-${locations.length}`, {});
        const version = succeed(base, changed, nowMs);
        expect(version.metadata['last-updated-ms']).toBeGreaterThanOrEqual(
          base.metadata['last-updated-ms'],
        );
        expect(version.metadata['last-updated-ms']).toBeGreaterThanOrEqual(draft.timestampMs);
        dropped.push(...version.dropped);
        const name = metadataName(base.location, `u${locations.length}`);
        base = { location: `file:///w/cold/t/metadata/${name}`, metadata: version.metadata };
        locations.push(base.location);
      }
      const { metadata: last } = base;
      expect(checkLineage(stateOf(last))).toEqual([]);
      expect(last['last-sequence-number']).toBe(BigInt(drawn.length));
      const log = last['metadata-log']!.map((one) => one['metadata-file']);
      expect(log).toEqual(locations.slice(0, -1).slice(-versionsMax));
      expect(dropped).toEqual(deletes ? locations.slice(0, -1).slice(0, -versionsMax) : []);
      expect(new Set(locations).size).toBe(locations.length);
      const times = last.snapshots!.map((one) => one['timestamp-ms']);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    },
  ),
  { runs: 200 },
);
