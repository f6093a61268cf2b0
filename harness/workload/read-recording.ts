/**
 * A recorded file as a stream of records.
 *
 * The format is decided by the first line and every further line is held to it: a recording with
 * one strange line is refused at that line, because a proof must not quietly skip what it was
 * given. Memory is bounded by one chunk of the file, whatever its size. Trades come in the order of
 * the file, with the bytes the exchange sent.
 */

import { basename } from 'node:path';
import { detectFormat, isUnfit, type RecordingFormat } from './recording-formats.ts';
import { readLines } from './recording-lines.ts';
import { NotARecordingError } from './workload-error.ts';
import type { WorkloadRecord } from './workload-record.ts';

/**
 * Yields the trades of `file` (combined stream, raw events or dump CSV; plain or gzip). Throws
 * `NotARecordingError` naming file, line, what was expected and what stands there, also for a
 * missing, empty or broken file and one without any trade.
 */
export async function* readRecording(file: string): AsyncGenerator<WorkloadRecord> {
  let format: RecordingFormat | undefined;
  let trades = 0;
  for await (const { bytes, number } of readLines(file)) {
    if (bytes.length === 0) continue;
    if (format === undefined) {
      const detected = detectFormat(bytes, basename(file));
      if ('expected' in detected) throw notARecording(file, number, detected.expected, bytes);
      format = detected;
    }
    const parsed = format.parse(bytes);
    if (isUnfit(parsed)) throw notARecording(file, number, parsed.expected, bytes);
    if (parsed === null) continue;
    trades += 1;
    yield parsed;
  }
  if (trades === 0) throw new NotARecordingError(file, 0, 'recorded trades', 'not one trade');
}

function notARecording(file: string, line: number, expected: string, bytes: Buffer) {
  return new NotARecordingError(file, line, expected, bytes.toString('utf8', 0, 400));
}
