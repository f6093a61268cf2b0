/**
 * When the next record may leave.
 *
 * A pacer answers, record by record, how long to wait before it; 0 means now. Three ways: as fast
 * as possible, so many records a second, or the recorded spacing divided by a speed. A rate is kept
 * in slices of 20 ms, so the flow is smooth and the wait per record is no timer per record; a
 * producer that fell behind catches up by one second's worth at most, not by a flood. Times come in
 * from the caller, so a pacer can be tested without waiting.
 */

import { WorkloadError } from './workload-error.ts';
import type { WorkloadRecord } from './workload-record.ts';

export type Pacer = (record: WorkloadRecord, nowMs: number) => number;

const sliceMs = 20;
const catchUpMsMax = 1000;

export interface Pacing {
  /** Records a second. */
  readonly ratePerSecond?: number;
  /** 1 is the recorded spacing, 10 is ten times as fast. Not together with a rate. */
  readonly speed?: number;
}

/**
 * Null when nothing has to wait, so that nobody asks for the time once a record. Throws
 * `bad-argument`.
 */
export function pacerOf({ ratePerSecond, speed }: Pacing): Pacer | null {
  if (ratePerSecond !== undefined && speed !== undefined) {
    throw new WorkloadError('bad-argument', 'give a rate or a speed, not both');
  }
  for (const [name, value] of Object.entries({ ratePerSecond, speed })) {
    if (value !== undefined && !(value > 0 && Number.isFinite(value))) {
      throw new WorkloadError('bad-argument', `${name} is ${value}: it must be above 0`);
    }
  }
  if (ratePerSecond !== undefined) return ratePacer(ratePerSecond);
  if (speed !== undefined) return spacingPacer(speed);
  return null;
}

function ratePacer(ratePerSecond: number): Pacer {
  const sliceRecords = Math.max(1, Math.round((ratePerSecond * sliceMs) / 1000));
  const durationMs = (sliceRecords * 1000) / ratePerSecond;
  let left = 0;
  let sliceDueMs: number | null = null;
  return (_record, nowMs) => {
    if (left === 0) {
      sliceDueMs = Math.max(
        sliceDueMs === null ? nowMs : sliceDueMs + durationMs,
        nowMs - catchUpMsMax,
      );
      left = sliceRecords;
    }
    left -= 1;
    return left === sliceRecords - 1 ? Math.max(0, sliceDueMs! - nowMs) : 0;
  };
}

function spacingPacer(speed: number): Pacer {
  let origin: { readonly eventTimeMs: number; readonly startMs: number } | null = null;
  return ({ eventTimeMs }, nowMs) => {
    if (eventTimeMs === null) return 0;
    origin ??= { eventTimeMs, startMs: nowMs };
    const dueMs = origin.startMs + (eventTimeMs - origin.eventTimeMs) / speed;
    return Math.max(0, dueMs - nowMs);
  };
}
