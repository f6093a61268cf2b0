import { describe, expect, test } from 'vitest';
import type { CodedFinding } from '../compare/finding-log.ts';
import { checkLineage } from './check-lineage.ts';
import { checkPartitions } from './check-partition.ts';
import { checkReferences } from './check-references.ts';
import { checkSnapshots } from './check-snapshots.ts';
import { checkStats } from './check-stats.ts';
import type { FileContent } from './file-content.ts';
import {
  added,
  contentOf,
  contents,
  dataFile,
  healthyLake,
  int64,
  manifest,
  presenceOf,
  ranges,
  snapshot,
} from './lake.test-kit.ts';
import type { LakeDataFile, LakeSnapshot, LakeState } from './lake-state.ts';
import { createPrefixDigests } from './prefix-digests.ts';

const lake = healthyLake();
const prefixes = createPrefixDigests(ranges, (range) => range.bronze);

function findings(
  state: LakeState,
  held: ReadonlyMap<string, FileContent> = contents,
  presence = presenceOf(state),
): readonly CodedFinding[] {
  return [
    ...checkLineage(state),
    ...checkReferences(state, presence),
    ...checkSnapshots(state, held, prefixes).findings,
    ...checkStats(state, held, presence),
    ...checkPartitions(state, held),
  ];
}

const codes = (...args: Parameters<typeof findings>) => findings(...args).map((f) => f.code);
const withSnapshots = (...snapshots: LakeSnapshot[]): LakeState => ({
  ...lake,
  snapshots,
  currentSnapshotId: snapshots.at(-1)!.snapshotId,
  references: new Map([['main', snapshots.at(-1)!.snapshotId]]),
  lastSequenceNumber: snapshots.at(-1)!.sequenceNumber,
});
/** The lake with file 2 described otherwise. */
const withFile = (change: Partial<LakeDataFile>): LakeState => ({
  ...lake,
  manifests: new Map([
    ...lake.manifests,
    [manifest(2).uri, [{ status: 'added', file: { ...dataFile(2), ...change } }]],
  ]),
});
const [one, two] = lake.snapshots as [LakeSnapshot, LakeSnapshot];

test('a healthy lake has no finding', () => {
  expect(findings(lake)).toEqual([]);
});

describe('lineage', () => {
  test('sequence numbers that do not rise are a broken lineage', () => {
    const state = { ...lake, snapshots: [one, { ...two, sequenceNumber: 1n }] };
    expect(codes(state)).toEqual(['lineage-broken']);
  });

  test('a current snapshot that is not in the metadata is a broken lineage', () => {
    const state = { ...lake, currentSnapshotId: 7n, references: new Map([['main', 102n]]) };
    expect(codes(state)).toEqual(['lineage-broken']);
  });

  test('a manifest list that cannot be read is a broken lineage', () => {
    const unreadable = [{ uri: one.manifestList, what: 'manifest-list', reason: 'gone' }] as const;
    const state = { ...lake, snapshots: [{ ...one, manifests: null }, two], unreadable };
    const presence = presenceOf(lake);
    expect(codes(state, contents, presence)).toContain('lineage-broken');
  });

  test('a snapshot that leads nowhere was rolled back', () => {
    const back = { ...lake, currentSnapshotId: 101n, references: new Map([['main', 101n]]) };
    const found = findings(back);
    expect(found.map((f) => f.code)).toEqual(['lineage-broken']);
    expect(found[0]?.actual[0]?.snapshotId).toBe('102');
  });

  test('an expired parent is ordinary, and so is a snapshot that only a tag holds', () => {
    expect(codes(withSnapshots(two), new Map(contents))).toEqual([]);
    const tagged = {
      ...lake,
      references: new Map([
        ['main', 102n],
        ['old', 101n],
      ] as const),
    };
    expect(codes(tagged)).toEqual([]);
  });
});

describe('files', () => {
  test('a file referenced by two manifests of a snapshot is double-referenced', () => {
    const again = { ...manifest(2), uri: manifest(3).uri };
    const state: LakeState = {
      ...withSnapshots(one, { ...two, summary: {}, manifests: [again, manifest(2), manifest(1)] }),
      manifests: new Map([...lake.manifests, [again.uri, [added(2)]]]),
    };
    const found = findings(state);
    expect(found.map((f) => f.code)).toEqual(['double-referenced-file', 'snapshot-not-prefix']);
    expect(found[0]?.actual[0]?.uri).toBe(dataFile(2).uri);
    expect(found[1]?.message).toContain('holds 10 rows too many');
  });

  test('a file that a manifest marks as deleted is not referenced', () => {
    const entries = [{ status: 'deleted', file: dataFile(1) }] as const;
    const gone = {
      ...manifest(1),
      addedFiles: 0n,
      addedRows: 0n,
      deletedFiles: 1n,
      deletedRows: 10n,
    };
    const deleted = { ...gone, uri: 'file:///lake/metadata/m4.avro' };
    const state: LakeState = {
      ...withSnapshots(one, { ...two, manifests: [manifest(2), manifest(1), deleted] }),
      manifests: new Map([...lake.manifests, [deleted.uri, entries]]),
    };
    expect(codes(state)).toEqual([]);
  });

  test('a referenced data file that is not there is dangling', () => {
    const presence = presenceOf(lake);
    const sizes = new Map(presence.sizes).set(dataFile(2).uri, null);
    const listed = presence.listed.filter((file) => file.uri !== dataFile(2).uri);
    const held = new Map([[dataFile(1).uri, contentOf(1)]]);
    const found = findings(lake, held, { sizes, listed });
    expect(found.map((f) => f.code)).toEqual(['dangling-file']);
    expect(found[0]?.actual[0]?.uri).toBe(dataFile(2).uri);
  });

  test('an unreadable manifest is dangling', () => {
    const state: LakeState = {
      ...lake,
      manifests: new Map([[manifest(1).uri, [added(1)]]]),
      unreadable: [{ uri: manifest(2).uri, what: 'manifest', reason: 'gone' }],
    };
    expect(codes(state, contents, presenceOf(lake)).filter((c) => c !== 'orphan-file')).toEqual([
      'dangling-file',
    ]);
  });

  test('files that nothing references are one warning with number and bytes', () => {
    const presence = presenceOf(lake);
    const extra = [8, 9].map((n) => ({ uri: `file:///lake/data/${n}.parquet`, bytes: 500 }));
    const found = findings(lake, contents, { ...presence, listed: [...presence.listed, ...extra] });
    expect(found.map((f) => f.code)).toEqual(['orphan-file']);
    expect(found[0]?.actual[0]).toMatchObject({ files: '2', bytes: '1000' });
  });
});

describe('snapshots', () => {
  const changedContent = (change: (content: FileContent) => FileContent) =>
    new Map(contents).set(dataFile(2).uri, change(contentOf(2)));

  test('an old snapshot with a lost record in the middle is no prefix', () => {
    const held = changedContent((content) => ({
      ...content,
      buckets: [{ ...content.buckets[0]!, sum: 5n }],
    }));
    const found = findings(lake, held);
    expect(found.map((f) => [f.code, f.identity?.offset])).toEqual([['snapshot-not-prefix', '19']]);
    expect(found[0]?.actual[0]?.snapshotId).toBe('102');
  });

  test('a snapshot that skips a range is no prefix', () => {
    const state = withSnapshots({ ...two, parentId: null, manifests: [manifest(2)], summary: {} });
    expect(codes(state, contents, presenceOf(lake)).filter((c) => c !== 'orphan-file')).toEqual([
      'snapshot-not-prefix',
    ]);
  });

  test('a snapshot that reaches behind the last closed range is no prefix', () => {
    const held = changedContent((content) => ({
      ...content,
      buckets: [{ ...content.buckets[0]!, offsetLast: 25n }],
    }));
    const found = findings(lake, held);
    expect(found.map((f) => f.code)).toEqual(['snapshot-not-prefix']);
    expect(found[0]?.message).toContain('behind the last closed range');
  });

  test('a range that ends in dead letters or holes is still a prefix', () => {
    const short = createPrefixDigests(
      ranges.map((range) => ({ ...range, offsetLast: range.offsetLast })),
      () => null,
    );
    const held = changedContent((content) => ({
      ...content,
      buckets: [{ ...content.buckets[0]!, offsetLast: 17n }],
    }));
    expect(checkSnapshots(lake, held, short).findings).toEqual([]);
  });

  test('a snapshot is right when it agrees with bronze, although the ledger is wrong', () => {
    const wrongLedger = ranges.map((range) => ({ ...range, bronze: { rows: 10n, sum: 3n } }));
    const byBronze = createPrefixDigests(wrongLedger, (range) => ({
      rows: 10n,
      sum: (range.offsetFirst / 10n + 1n) << 40n,
    }));
    expect(checkSnapshots(lake, contents, byBronze).findings).toEqual([]);
  });

  test('a child with fewer rows than its parent shrinks', () => {
    const third = { ...snapshot(3, [manifest(1)]), operation: 'overwrite' };
    const found = findings(withSnapshots(one, two, third));
    expect(found.map((f) => [f.code, f.identity?.offset])).toEqual([['snapshot-shrinks', '19']]);
  });

  test('a rewrite that keeps every row neither shrinks nor breaks the prefix', () => {
    const third = { ...snapshot(3, [manifest(1), manifest(2)]), operation: 'replace' };
    expect(codes(withSnapshots(one, two, third))).toEqual([]);
  });

  test('a snapshot with an unreadable file is skipped and counted', () => {
    const held = new Map([[dataFile(1).uri, contentOf(1)]]);
    const check = checkSnapshots(lake, held, prefixes);
    expect(check).toMatchObject({ findings: [], snapshotsChecked: 1, snapshotsSkipped: 1 });
  });
});

describe('statistics', () => {
  const bound = (id: number, bytes: Uint8Array, which: 'lowerBounds' | 'upperBounds') =>
    withFile({ [which]: new Map(dataFile(2)[which]).set(id, bytes) });

  test.each([
    ['a row count', withFile({ recordCount: 11n })],
    ['a value count', withFile({ valueCounts: new Map([[3, 9n]]) })],
    ['a null count', withFile({ nullCounts: new Map([[3, 1n]]) })],
    ['a file size', withFile({ sizeBytes: 999n })],
    ['a lower bound above the least offset', bound(3, int64(11n), 'lowerBounds')],
    ['an upper bound below the greatest offset', bound(3, int64(18n), 'upperBounds')],
    [
      'a decimal bound read with the bytes in the wrong order',
      bound(7, new Uint8Array([0, 1]), 'upperBounds'),
    ],
    [
      'a text bound cut without being raised',
      bound(4, new TextEncoder().encode('binan'), 'upperBounds'),
    ],
  ])('%s that is wrong is named', (_what, state) => {
    const found = findings(state).filter((f) => f.message.includes(dataFile(2).uri));
    expect(found.map((f) => f.code)).toEqual(['stats-wrong']);
  });

  test('bounds that are wider than the content are allowed', () => {
    expect(codes(bound(3, int64(-5n), 'lowerBounds'))).toEqual([]);
    expect(codes(bound(3, int64(1_000n), 'upperBounds'))).toEqual([]);
  });

  test('absent bounds and counts are allowed', () => {
    const none = new Map<number, never>();
    const bare = { valueCounts: none, nullCounts: none, lowerBounds: none, upperBounds: none };
    expect(codes(withFile(bare))).toEqual([]);
  });

  test('a manifest list that miscounts a manifest is named', () => {
    const miscounted = { ...manifest(2), addedRows: 9n };
    expect(codes(withSnapshots(one, { ...two, manifests: [miscounted, manifest(1)] }))).toEqual([
      'stats-wrong',
    ]);
  });

  test('a partition summary that would hide a file is named', () => {
    const [exchange, day] = manifest(2).partitionBounds;
    const hidden = { ...manifest(2), partitionBounds: [exchange!, { ...day!, upper: int64(1n) }] };
    expect(codes(withSnapshots(one, { ...two, manifests: [hidden, manifest(1)] }))).toEqual([
      'stats-wrong',
    ]);
  });

  test('a snapshot summary with a wrong total is named', () => {
    const state = withSnapshots(one, { ...two, summary: { 'total-records': '21' } });
    expect(codes(state)).toEqual(['stats-wrong']);
  });
});

describe('partitions', () => {
  test('a file under the wrong day is named', () => {
    const state = withFile({ partition: new Map([...dataFile(2).partition, ['day', 19_942n]]) });
    const found = findings(state);
    expect(found.map((f) => f.code)).toContain('partition-wrong');
    expect(found.find((f) => f.code === 'partition-wrong')?.actual[0]?.uri).toBe(dataFile(2).uri);
  });

  test('one row behind midnight puts a file into the wrong partition', () => {
    const { extremes } = contentOf(2);
    const time = extremes!.get(11) as { min: bigint; max: bigint };
    const behind = new Map(extremes).set(11, { ...time, max: time.min + 86_400_000_000n });
    const held = new Map(contents).set(dataFile(2).uri, { ...contentOf(2), extremes: behind });
    expect(codes(lake, held)).toEqual(['stats-wrong', 'partition-wrong']);
  });

  test('the last microsecond of the day is the same day', () => {
    const { extremes } = contentOf(2);
    const time = extremes!.get(11) as { min: bigint; max: bigint };
    const last = time.min + 86_399_999_999n;
    const held = new Map(contents).set(dataFile(2).uri, {
      ...contentOf(2),
      extremes: new Map(extremes).set(11, { ...time, max: last }),
    });
    const upper = new Map(dataFile(2).upperBounds).set(11, int64(last));
    expect(codes(withFile({ upperBounds: upper }), held)).toEqual([]);
  });
});
