/**
 * G2 and G4, references: every file that a snapshot needs is there, none is needed twice, and what
 * nobody needs is counted.
 *
 * A data file that one snapshot references twice doubles its rows for every reader. A file that is
 * referenced and not there makes the snapshot unreadable. Files that no snapshot of the current
 * metadata references are orphans of crashed attempts: a warning with number and bytes, since they
 * only cost room.
 */
import type { CodedFinding } from '../compare/finding-log.ts';
import type { FilePresence } from './file-presence.ts';
import { lakeFinding } from './lake-finding.ts';
import { allFiles, filesOf, type LakeState } from './lake-state.ts';

const orphanNamesMax = 5;

export function checkReferences(state: LakeState, presence: FilePresence): readonly CodedFinding[] {
  return [...doubleReferenced(state), ...dangling(state, presence), ...orphans(state, presence)];
}

/** One finding a file, at the first snapshot that references it twice. */
function doubleReferenced(state: LakeState): readonly CodedFinding[] {
  const named = new Set<string>();
  return state.snapshots.flatMap((snapshot) => {
    const references = Map.groupBy(filesOf(state, snapshot), (file) => file.uri);
    return [...references]
      .filter(([uri, files]) => files.length > 1 && !named.has(uri))
      .map(([uri, files]) => {
        named.add(uri);
        return lakeFinding(
          'double-referenced-file',
          `${uri} is referenced ${files.length} times by snapshot ${snapshot.snapshotId}`,
          { references: '1' },
          {
            uri,
            references: `${files.length}`,
            snapshotId: `${snapshot.snapshotId}`,
            rows: `${files[0]!.recordCount}`,
          },
        );
      });
  });
}

function dangling(state: LakeState, { sizes }: FilePresence): readonly CodedFinding[] {
  const data = allFiles(state)
    .filter((file) => sizes.get(file.uri) == null)
    .map((file) => ({ uri: file.uri, what: 'data file', rows: `${file.recordCount}` }));
  const manifests = state.unreadable
    .filter((file) => file.what === 'manifest')
    .map((file) => ({ uri: file.uri, what: 'manifest', reason: file.reason }));
  return [...data, ...manifests].map((facts) =>
    lakeFinding(
      'dangling-file',
      `${facts.what} ${facts.uri} is referenced and cannot be read`,
      null,
      facts,
    ),
  );
}

function orphans(state: LakeState, { listed }: FilePresence): readonly CodedFinding[] {
  const needed = new Set<string>([state.metadataLocation, ...state.metadataLog]);
  for (const snapshot of state.snapshots) {
    needed.add(snapshot.manifestList);
    for (const { uri } of snapshot.manifests ?? []) needed.add(uri);
  }
  for (const file of allFiles(state)) needed.add(file.uri);
  const unneeded = listed.filter(({ uri }) => !needed.has(uri));
  if (unneeded.length === 0) return [];
  const bytes = unneeded.reduce((sum, file) => sum + file.bytes, 0);
  const names = unneeded.slice(0, orphanNamesMax).map((file) => file.uri);
  return [
    lakeFinding(
      'orphan-file',
      `${unneeded.length} files with ${bytes} bytes are referenced by no snapshot`,
      null,
      { files: `${unneeded.length}`, bytes: `${bytes}`, first: names.join(' ') },
    ),
  ];
}
