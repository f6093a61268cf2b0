/**
 * A reader that asks its layer for a digest once and knows how long that took.
 *
 * The log is compared with several layers, and a pass over it is the most expensive thing that a
 * proof does.
 */
import { systemClock } from '../../system-clock.ts';
import type { BucketDigest, LayerReader, RowKind } from '../layer.ts';

export interface ObservedReader extends LayerReader {
  /** Milliseconds spent in digests so far. */
  readonly durationMs: number;
}

export function observeReader(reader: LayerReader): ObservedReader {
  const known = new Map<RowKind, Promise<readonly BucketDigest[]>>();
  let durationMs = 0;
  const timed = async (kind: RowKind, onProgress?: (rows: number) => void) => {
    const startMs = systemClock.monotonicMs();
    const digests = await reader.digest(kind, onProgress);
    durationMs += systemClock.monotonicMs() - startMs;
    return digests;
  };
  return {
    name: reader.name,
    title: reader.title,
    reader: reader.reader,
    get durationMs() {
      return Math.round(durationMs);
    },
    digest(kind, onProgress) {
      const digests = known.get(kind) ?? timed(kind, onProgress);
      known.set(kind, digests);
      return digests;
    },
    rows: (kind, topicId, partition, first, last) =>
      reader.rows(kind, topicId, partition, first, last),
  };
}
