/**
 * All checks of the lake's own structure, run over one state of the table.
 *
 * Contents of data files come from `contents`; files whose content cannot be read are left to the
 * reference check. Only a seeded sample of files is read in full for bounds and
 * partitions, the rest by whatever `contents` offers.
 */
import type { CodedFinding } from '../compare/finding-log.ts';
import { checkLineage } from './check-lineage.ts';
import { checkPartitions } from './check-partition.ts';
import { checkReferences } from './check-references.ts';
import { checkSnapshots } from './check-snapshots.ts';
import { checkStats } from './check-stats.ts';
import type { FileContent, LakeContents } from './file-content.ts';
import { readPresence } from './file-presence.ts';
import type { LakeFiles } from './lake-files.ts';
import { allFiles, type LakeState } from './lake-state.ts';
import type { PrefixDigests } from './prefix-digests.ts';
import { type SampleSize, sampleFiles } from './sample-files.ts';

export interface LakeProof {
  readonly findings: readonly CodedFinding[];
  /** What was looked at, in numbers. */
  readonly evidence: string;
}

export interface LakeProofOptions {
  readonly files: LakeFiles;
  readonly state: LakeState;
  /** Content of every data file. */
  readonly contents: LakeContents;
  /** Content with extremes, read in full; asked for a sample of files. */
  readonly fullContents: LakeContents;
  readonly sample: SampleSize;
  readonly seed: number;
  readonly prefixes: PrefixDigests;
}

export async function proveLake(options: LakeProofOptions): Promise<LakeProof> {
  const { files, state, contents, fullContents, prefixes } = options;
  const presence = await readPresence(files, state);
  const present = allFiles(state).filter((file) => presence.sizes.get(file.uri) != null);
  const sampled = new Set(
    sampleFiles(present, options.sample, options.seed).map((file) => file.uri),
  );
  const known = new Map<string, FileContent>();
  for (const file of present) {
    const source = sampled.has(file.uri) ? fullContents : contents;
    known.set(file.uri, await source.of(file));
  }
  const snapshots = checkSnapshots(state, known, prefixes);
  const skipped =
    snapshots.snapshotsSkipped === 0 ? '' : `, ${snapshots.snapshotsSkipped} unreadable`;
  return {
    findings: [
      ...checkLineage(state),
      ...checkReferences(state, presence),
      ...snapshots.findings,
      ...checkStats(state, known, presence),
      ...checkPartitions(state, known),
    ],
    evidence:
      `${snapshots.snapshotsChecked} snapshots${skipped}, ${state.manifests.size} manifests, ` +
      `${known.size} data files, ${sampled.size} of them read in full for bounds`,
  };
}
