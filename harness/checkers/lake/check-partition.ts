/**
 * Partitions: every row of a data file belongs to the partition that the manifest files it under.
 *
 * A row in the wrong partition is invisible to every query that filters on the partition's column,
 * although nothing is lost. The least and the greatest value of the source column decide for all
 * rows between them, because the transforms keep order.
 */
import type { CodedFinding } from '../compare/finding-log.ts';
import { applyTransform, boundText, compareBounds } from './bounds.ts';
import type { FileContent } from './file-content.ts';
import { lakeFinding } from './lake-finding.ts';
import { allFiles, type LakeDataFile, type LakeState, type PartitionField } from './lake-state.ts';

export function checkPartitions(
  state: LakeState,
  contents: ReadonlyMap<string, FileContent>,
): readonly CodedFinding[] {
  return allFiles(state).flatMap((file) => {
    const content = contents.get(file.uri);
    if (content?.extremes == null) return [];
    return (state.specs.get(file.specId) ?? []).flatMap((field) =>
      fieldWrong(file, field, content),
    );
  });
}

function fieldWrong(
  file: LakeDataFile,
  field: PartitionField,
  content: FileContent,
): readonly CodedFinding[] {
  const extremes = content.extremes?.get(field.sourceId);
  const said = file.partition.get(field.name) ?? null;
  if (extremes === undefined) return [];
  const values = [extremes.min, extremes.max].map((v) => applyTransform(field.transform, v));
  const strayed = values.find(
    (value) => value !== null && (said === null || compareBounds(value, said) !== 0),
  );
  if (strayed === undefined) return [];
  return [
    lakeFinding(
      'partition-wrong',
      `${file.uri} is filed under ${field.name} = ${boundText(said)} and holds ${boundText(strayed)}`,
      { [field.name]: boundText(said) },
      { uri: file.uri, [field.name]: boundText(strayed), rows: `${content.rows}` },
    ),
  ];
}
