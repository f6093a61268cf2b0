/**
 * A small healthy lake as plain data (two appends, one file each), for tests that then break one
 * thing.
 */
import { topicId } from '../compare/memory-layer.test-kit.ts';
import type { Digest, LedgerRange } from '../stores/ledger.ts';
import type { FileContent } from './file-content.ts';
import type { FilePresence } from './file-presence.ts';
import type {
  Bound,
  LakeColumn,
  LakeDataFile,
  LakeSnapshot,
  LakeState,
  ManifestEntry,
  ManifestReference,
} from './lake-state.ts';

const microsPerDay = 86_400_000_000n;
const day = 19_943n;
const text = (value: string) => new TextEncoder().encode(value);

export function int64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return bytes;
}

export function int32(value: bigint): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, Number(value), true);
  return bytes;
}

export const columns: readonly LakeColumn[] = [
  { id: 3, name: 'offset', type: 'long' },
  { id: 4, name: 'exchange', type: 'string' },
  { id: 7, name: 'price', type: 'decimal(38, 8)' },
  { id: 11, name: 'trade_time', type: 'timestamptz' },
];

/** File `number` holds the offsets from 10 (number - 1) to 10 number - 1 of partition 0. */
export function dataFile(number: number): LakeDataFile {
  const first = BigInt(10 * (number - 1));
  return {
    uri: `file:///lake/data/${number}.parquet`,
    specId: 0,
    partition: new Map<string, Bound>([
      ['exchange', text('binance')],
      ['day', day],
    ]),
    recordCount: 10n,
    sizeBytes: 1_000n,
    valueCounts: new Map(columns.map((c) => [c.id, 10n])),
    nullCounts: new Map(columns.map((c) => [c.id, 0n])),
    lowerBounds: new Map([
      [3, int64(first)],
      [4, text('bina')],
      [7, new Uint8Array([0xff])],
      [11, int64(day * microsPerDay)],
    ]),
    upperBounds: new Map([
      [3, int64(first + 9n)],
      [4, text('binb')],
      [7, new Uint8Array([0x01, 0x00])],
      [11, int64(day * microsPerDay + 9n)],
    ]),
  };
}

export function contentOf(number: number): FileContent {
  const first = BigInt(10 * (number - 1));
  return {
    uri: dataFile(number).uri,
    rows: 10n,
    buckets: [
      {
        topicId,
        partition: 0,
        bucket: 0n,
        rows: 10n,
        sum: BigInt(number) << 40n,
        offsetFirst: first,
        offsetLast: first + 9n,
        offsetsDistinct: 10n,
      },
    ],
    extremes: new Map([
      [3, { min: first, max: first + 9n }],
      [4, { min: text('binance'), max: text('binance') }],
      [7, { min: -1n, max: 256n }],
      [11, { min: day * microsPerDay, max: day * microsPerDay + 9n }],
    ]),
  };
}

export const contents: ReadonlyMap<string, FileContent> = new Map(
  [1, 2].map((number) => [dataFile(number).uri, contentOf(number)]),
);

export function manifest(number: number): ManifestReference {
  const bounds = { lower: text('binance'), upper: text('binance') };
  return {
    uri: `file:///lake/metadata/m${number}.avro`,
    addedFiles: 1n,
    existingFiles: 0n,
    deletedFiles: 0n,
    addedRows: 10n,
    existingRows: 0n,
    deletedRows: 0n,
    specId: 0,
    partitionBounds: [bounds, { lower: int32(day), upper: int32(day) }],
  };
}

export function snapshot(number: number, manifests: readonly ManifestReference[]): LakeSnapshot {
  return {
    snapshotId: BigInt(100 + number),
    parentId: number === 1 ? null : BigInt(99 + number),
    sequenceNumber: BigInt(number),
    timestampMs: number,
    operation: 'append',
    summary: { operation: 'append', 'total-records': `${10 * manifests.length}` },
    manifestList: `file:///lake/metadata/snap-${number}.avro`,
    manifests,
  };
}

export const added = (number: number): ManifestEntry => ({
  status: 'added',
  file: dataFile(number),
});

export function healthyLake(): LakeState {
  return {
    metadataLocation: 'file:///lake/metadata/2.metadata.json',
    location: 'file:///lake',
    formatVersion: 2,
    currentSnapshotId: 102n,
    lastSequenceNumber: 2n,
    columns,
    specs: new Map([
      [
        0,
        [
          { name: 'exchange', transform: 'identity', sourceId: 4 },
          { name: 'day', transform: 'day', sourceId: 11 },
        ],
      ],
    ]),
    snapshots: [snapshot(1, [manifest(1)]), snapshot(2, [manifest(2), manifest(1)])],
    references: new Map([['main', 102n]]),
    manifests: new Map([
      [manifest(1).uri, [added(1)]],
      [manifest(2).uri, [added(2)]],
    ]),
    metadataLog: ['file:///lake/metadata/1.metadata.json'],
    unreadable: [],
  };
}

export function presenceOf(state: LakeState): FilePresence {
  const metadata = [state.metadataLocation, ...state.metadataLog, ...state.manifests.keys()];
  const lists = state.snapshots.map((s) => s.manifestList);
  const data = [1, 2].map((number) => dataFile(number).uri);
  const listed = [...metadata, ...lists, ...data].map((uri) => ({ uri, bytes: 1_000 }));
  return { listed, sizes: new Map(listed.map(({ uri, bytes }) => [uri, bytes])) };
}

/** The ledger ranges that the two files hold. */
export const ranges: readonly LedgerRange[] = [1, 2].map((number) => ({
  topicId,
  partition: 0,
  offsetFirst: BigInt(10 * (number - 1)),
  offsetLast: BigInt(10 * number - 1),
  state: 'done',
  epoch: 1n,
  owner: 'o',
  rows: 10n,
  bronze: { rows: 10n, sum: BigInt(number) << 40n } satisfies Digest,
  deadLetters: { rows: 0n, sum: 0n },
  intentAt: 0,
  doneAt: 1,
}));
