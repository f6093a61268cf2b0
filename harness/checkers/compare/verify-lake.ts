/** Step of the proof: the lake's rows against the log, and every snapshot against the ledger. */
import {
  createClickHouseLakeReader,
  readContentsByClickHouse,
} from '../lake/clickhouse-lake-reader.ts';
import type { LakeContents } from '../lake/file-content.ts';
import { proveLake } from '../lake/lake-proof.ts';
import type { LakeState } from '../lake/lake-state.ts';
import { createPrefixDigests } from '../lake/prefix-digests.ts';
import type { SampleSize } from '../lake/sample-files.ts';
import { createTypeScriptLakeReader } from '../lake/typescript-lake-reader.ts';
import type { LayerReader } from '../layer.ts';
import { rangeName } from '../stores/ledger.ts';
import { isViolation } from './anomaly-codes.ts';
import { compareLayers } from './compare-layers.ts';
import { layerResult } from './layer-results.ts';
import { observeReader } from './observed-reader.ts';
import { partitionName } from './offset-spans.ts';
import type { Verification } from './verification.ts';
import { closedSpans } from './verify-log.ts';

/** What TypeScript reads in full when ClickHouse reads the layer: about a second. */
const sampled: SampleSize = { filesMax: 16, rowsMax: 100_000n };
/** When TypeScript reads the layer it reads every file anyway. */
const everything: SampleSize = { filesMax: 1_000_000, rowsMax: 1n << 62n };
const sampleSeed = 1;

/** The rows of the current snapshot, by every reader that was chosen. */
export async function compareLakeStep(verification: Verification): Promise<void> {
  const { ledger, evidence, files, store, lakeReaders } = verification;
  const state = await verification.lake();
  if (state === null) {
    evidence.failed(['G1', 'G2', 'G3'], `the catalog has no table ${ledger.lakeLease}`);
    return;
  }
  for (const which of lakeReaders) {
    const reader =
      which === 'typescript'
        ? createTypeScriptLakeReader(files, state, verification.fileContents(state))
        : createClickHouseLakeReader(store, state);
    await compareLake(verification, reader, which !== lakeReaders[0]);
  }
}

/** Every snapshot, file and statistic of the table. */
export async function checkLakeStep(verification: Verification): Promise<void> {
  const { ledger, evidence, emit } = verification;
  const state = await verification.lake();
  if (state === null) {
    evidence.failed(['G4'], `the catalog has no table ${ledger.lakeLease}`);
    return;
  }
  for (const snapshot of state.snapshots) {
    emit({
      type: 'snapshot',
      table: ledger.lakeLease,
      snapshotId: `${snapshot.snapshotId}`,
      sequenceNumber: `${snapshot.sequenceNumber}`,
      committedAt: snapshot.timestampMs,
      operation: snapshot.operation,
      addedRows: snapshot.summary['added-records'] ?? '0',
      totalRows: snapshot.summary['total-records'] ?? '0',
    });
  }
  await proveStructure(verification, state);
}

/** `isSecond` marks the layer of a second reader, so that a report shows both. */
async function compareLake(
  verification: Verification,
  layer: LayerReader,
  isSecond: boolean,
): Promise<void> {
  const { log, ledger, findings, evidence, addLayer } = verification;
  const reader = observeReader(isSecond ? { ...layer, name: `lake (${layer.reader})` } : layer);
  const heads = verification.heads(ledger.lakeLease);
  const result = await compareLayers(log, reader, 'trade', {
    findings,
    closedSpans: closedSpans(verification.closedRanges, 'trade'),
    ...(heads === undefined ? {} : { heads }),
  });
  addLayer(layerResult(reader, result.actual));
  const words =
    `${result.expected.rows} trades of the log against ${result.actual.rows} rows of the lake ` +
    `(${reader.reader}), ${result.bucketsOpened} of ${result.buckets} buckets record by record`;
  if (result.expected.rows + result.actual.rows > 0n) evidence.looked(['G1', 'G2', 'G3'], words);
}

async function proveStructure(verification: Verification, state: LakeState): Promise<void> {
  const { ledger, findings, evidence, files } = verification;
  const byClickHouse = verification.lakeReaders[0] === 'clickhouse';
  const full = verification.fileContents(state);
  const recomputed = await verification.rangeContents();
  const lakeHeads = ledger.heads.filter((head) => head.layer === ledger.lakeLease);
  const proof = await proveLake({
    files,
    state,
    contents: byClickHouse ? await contentsByClickHouse(verification, state, full) : full,
    fullContents: full,
    sample: byClickHouse ? sampled : everything,
    seed: sampleSeed,
    prefixes: createPrefixDigests(
      ledger.ranges,
      (range) => recomputed.get(rangeName(range))?.bronze ?? null,
      new Map(lakeHeads.map((head) => [partitionName(head), head.offsetStart])),
    ),
  });
  findings.addAll(proof.findings);
  const warnings = proof.findings.filter((finding) => !isViolation(finding.code));
  const words = [proof.evidence, ...warnings.map((warning) => warning.message)].join('; ');
  if (state.snapshots.length > 0) evidence.looked(['G4'], words);
  else evidence.failed(['G4'], 'the table has no snapshot');
}

/**
 * A table that ClickHouse cannot read is read file by file: then it is known which file is to
 * blame.
 */
async function contentsByClickHouse(
  { store, evidence }: Verification,
  state: LakeState,
  full: LakeContents,
): Promise<LakeContents> {
  try {
    return await readContentsByClickHouse(store, state, full);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    evidence.looked(['G4'], `read by TypeScript, because ClickHouse could not: ${reason}`);
    return full;
  }
}
