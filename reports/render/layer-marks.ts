/**
 * Which layers hold the same thing, as letters: layers with one letter have the same rows and the
 * same digest.
 *
 * A report must not decide which layers ought to be equal; that is the checkers' work. It only
 * makes equality visible, so that a person sees at once that log, bronze and lake are all `A`, or
 * that one of them is `B`. A layer without a digest (identities only) gets no letter of its own; it
 * shows when its number of rows is that of a lettered one.
 */
import type { LayerResult } from '../../harness/experiment/journal-events.ts';

export interface LayerMark {
  /** `A`, `B`, ...; null when the layer has no digest. */
  readonly letter: string | null;
  /** How many layers carry the letter. */
  readonly sharedBy: number;
  /** For a layer without a digest: the letter of the layers with as many rows, else null. */
  readonly rowsLike: string | null;
}

interface Content {
  readonly rows: string;
  readonly digest: string | null;
}

/** One mark a layer, in their order. */
export function layerMarks(layers: readonly Content[]): readonly LayerMark[] {
  const letters = new Map<string, { letter: string; count: number; rows: string }>();
  for (const layer of layers) {
    if (layer.digest === null || layer.rows === '0') continue;
    const known = letters.get(contentKey(layer));
    if (known !== undefined) known.count += 1;
    else
      letters.set(contentKey(layer), {
        letter: letterOf(letters.size),
        count: 1,
        rows: layer.rows,
      });
  }
  return layers.map((layer) => {
    const own = letters.get(contentKey(layer));
    if (own !== undefined) return { letter: own.letter, sharedBy: own.count, rowsLike: null };
    const alike = [...letters.values()].find((entry) => entry.rows === layer.rows);
    return { letter: null, sharedBy: 0, rowsLike: alike?.letter ?? null };
  });
}

/** Content of one partition in each layer, null where the layer does not have the partition. */
export function partitionContents(
  layers: readonly LayerResult[],
  partition: number,
): ReadonlyArray<LayerResult['partitions'][number] | null> {
  return layers.map((layer) => layer.partitions.find((p) => p.partition === partition) ?? null);
}

function contentKey(content: Content): string {
  return `${content.rows}:${content.digest}`;
}

function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `#${index + 1}`;
}
