/**
 * Where the main job's records come from, and how many there are, known before anything is started.
 *
 * A recording is read once to its end: a line that is none is an error now and not in mid-run, and
 * the number of records decides the pace.
 */
import { join } from 'node:path';
import { readRecording } from '../workload/read-recording.ts';
import { NotARecordingError } from '../workload/workload-error.ts';

export interface MainJobInput {
  readonly title: string;
  readonly records: number;
  /** Arguments for the producer. */
  readonly source:
    | { readonly input: string; readonly records?: number }
    | { readonly records: number; readonly seed: number };
}

const projectRecording = join(
  import.meta.dirname,
  '../workload/recordings/binance-wstrade-spot-btcusdt-ethusdt-20240808-09.jsonl.gz',
);

/** Rejects with NotARecordingError, naming file and line. */
export async function inputOf(options: {
  readonly input: string | undefined;
  readonly records: number | undefined;
  readonly seed: number;
}): Promise<MainJobInput> {
  const { input, records, seed } = options;
  if (input === undefined && records !== undefined) {
    return { title: `generator, seed ${seed}`, records, source: { records, seed } };
  }
  const file = input ?? projectRecording;
  const counted = await count(file, records ?? Number.MAX_SAFE_INTEGER);
  return {
    title: input ?? 'recording of the project',
    records: counted,
    source: records === undefined ? { input: file } : { input: file, records },
  };
}

async function count(file: string, recordsMax: number): Promise<number> {
  let counted = 0;
  for await (const _record of readRecording(file)) {
    counted += 1;
    if (counted >= recordsMax) break;
  }
  if (counted > 0) return counted;
  throw new NotARecordingError(file, 0, 'at least one trade', 'none');
}
