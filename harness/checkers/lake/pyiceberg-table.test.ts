/**
 * The TypeScript reader on a table that a foreign writer made (fixtures/README.md): every field,
 * bound and file.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { compareLayers } from '../compare/compare-layers.ts';
import { memoryLayer } from '../compare/memory-layer.test-kit.ts';
import { referenceTradeHash } from '../digest/reference-digest.ts';
import type { LayerRow } from '../layer.ts';
import { decimalText } from '../stores/decimal-text.ts';
import { createFileContents } from './file-content.ts';
import { createLocalFiles } from './lake-files.ts';
import { readLake } from './lake-metadata.ts';
import { proveLake } from './lake-proof.ts';
import { allFiles, filesOf, type LakeState } from './lake-state.ts';
import { createTypeScriptLakeReader } from './typescript-lake-reader.ts';

const fixture = join(import.meta.dirname, 'fixtures', 'pyiceberg');
const location = '/tidemark-lake/bronze_trades_binance';
const topicId = '11111111-2222-3333-4444-555555555555';
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const mapped = (root: string) => createLocalFiles((path) => path.replace('/tidemark-lake', root));

async function lastMetadata(root: string): Promise<string> {
  const listed = await mapped(root).list(`file://${location}/metadata`);
  return listed.map((file) => file.uri).filter((uri) => uri.includes('/00003-'))[0]!;
}

async function openFixture(root = fixture) {
  const files = mapped(root);
  const state = await readLake(files, await lastMetadata(root));
  return { files, state, contents: createFileContents(files, state.columns) };
}

/** The rows as fixtures/README.md describes them, hashed by the BigInt reference. */
function expectedRows(): readonly LayerRow[] {
  return Array.from({ length: 600 }, (_, x) => {
    const identity = { topicId, partition: x % 2, offset: BigInt(x >> 1) };
    const large = x % 50 === 0 ? 1_234_567_890_123_456_789_012_345_678n : 0n;
    const tradeTimeUs = 1_723_075_199_700_000n + BigInt(x * 1_000);
    const trade = {
      kind: 'trade',
      exchange: 'binance',
      symbol: x % 3 === 0 ? 'ETHUSDT' : 'BTCUSDT',
      tradeId: 9_007_199_254_740_993n + BigInt(x),
      price: 6_000_012_345_678n + BigInt(x) * 1_000_000n,
      quantity: BigInt(x % 777) * 1_000n + large,
      side: x % 2 === 0 ? 'SELL' : 'BUY',
      eventTimeUs: tradeTimeUs + 7n,
      tradeTimeUs,
    } as const;
    return {
      kind: 'trade',
      ...identity,
      hash: referenceTradeHash(identity, trade),
      fields: {
        exchange: trade.exchange,
        symbol: trade.symbol,
        trade_id: trade.tradeId.toString(),
        price: decimalText(trade.price),
        quantity: decimalText(trade.quantity),
        side: trade.side,
        event_time: trade.eventTimeUs.toString(),
        trade_time: trade.tradeTimeUs.toString(),
      },
    };
  });
}

describe('reading', () => {
  test('128-bit decimals, 54-bit ids and microseconds arrive exactly', async () => {
    const { files, state, contents } = await openFixture();
    const reader = createTypeScriptLakeReader(files, state, contents);
    const result = await compareLayers(memoryLayer('log', expectedRows()), reader, 'trade');
    expect(result.findings.findings).toEqual([]);
    expect(result.actual.rows).toBe(600n);
    expect(await reader.rows('trade', topicId, 1, 3n, 4n)).toEqual(
      expectedRows().filter((row) => row.partition === 1 && [3n, 4n].includes(row.offset)),
    );
  });

  test('one changed record is named with both values', async () => {
    const { files, state, contents } = await openFixture();
    const reader = createTypeScriptLakeReader(files, state, contents);
    const [first, ...rest] = expectedRows();
    const changed = { ...first!, hash: 1n, fields: { ...first!.fields, quantity: '1.00000000' } };
    const log = memoryLayer('log', [changed, ...rest]);
    const { findings } = await compareLayers(log, reader, 'trade');
    expect(findings.findings.map((f) => [f.code, f.identity?.offset])).toEqual([['altered', '0']]);
    expect(findings.findings[0]?.actual[0]?.quantity).toBe('12345678901234567890.12345678');
  });

  test('snapshot ids of 63 bits, lineage and files per snapshot are exact', async () => {
    const { state } = await openFixture();
    expect(state.snapshots.map((s) => filesOf(state, s).length)).toEqual([1, 3, 4]);
    expect(state.snapshots[1]?.parentId).toBe(state.snapshots[0]?.snapshotId);
    expect(state.snapshots.every((s) => `${s.snapshotId}`.length > 16)).toBe(true);
    expect(state.snapshots[0]?.summary['tidemark.batch-id']).toBe('batch-1');
  });
});

describe('structure', () => {
  /** Everything below the location is one range a snapshot: 100 offsets of each partition. */
  async function prove(root: string, change: (state: LakeState) => LakeState = (state) => state) {
    const { files, state, contents } = await openFixture(root);
    const rows = expectedRows();
    const proof = await proveLake({
      files,
      state: change(state),
      contents,
      fullContents: contents,
      sample: { filesMax: 100, rowsMax: 1_000n },
      seed: 1,
      prefixes: ({ partition }, offsetLast) => {
        const prefix = rows.filter((r) => r.partition === partition && r.offset <= offsetLast);
        const sum = prefix.reduce((total, row) => total + row.hash, 0n);
        return [{ rows: BigInt(prefix.length), sum: BigInt.asUintN(64, sum) }];
      },
    });
    return proof.findings;
  }

  function copy(): string {
    const folder = mkdtempSync(join(tmpdir(), 'lake-test-'));
    folders.push(folder);
    cpSync(fixture, folder, { recursive: true });
    return folder;
  }

  test("a foreign writer's healthy table has no finding", async () => {
    expect(await prove(fixture)).toEqual([]);
  });

  test('a deleted data file is dangling, and its snapshots are skipped', async () => {
    const folder = copy();
    const { state } = await openFixture(folder);
    const lost = allFiles(state)[0]!;
    rmSync(lost.uri.replace('file:///tidemark-lake', folder));
    const found = await prove(folder);
    expect(found.map((f) => [f.code, f.actual[0]?.uri])).toEqual([['dangling-file', lost.uri]]);
  });

  test('an extra file is an orphan with its bytes', async () => {
    const folder = copy();
    const { state } = await openFixture(folder);
    const path = allFiles(state)[0]!.uri.replace('file:///tidemark-lake', folder);
    cpSync(path, `${path}.copy`);
    expect((await prove(folder)).map((f) => f.code)).toEqual(['orphan-file']);
  });
});
