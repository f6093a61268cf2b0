/**
 * What became of each fault of a run.
 *
 * A fault counts as seen only when its own `observed` event is in the journal: that it was armed,
 * or even that its trigger fired, says nothing about whether anything felt it. The same fault may
 * be armed several times; each time is a record of its own, and later events belong to the latest
 * one of that name and step. A fault that was seen and then taken back (`not-observed` after
 * `observed`) is not seen.
 */
import type { Finding, JournalLine } from './journal-events.ts';

type FaultLine = Extract<JournalLine, { type: 'fault' }>;

export interface FaultRecord {
  readonly name: string;
  readonly step: string;
  readonly observed: boolean;
  readonly detail: string;
  /** The last thing the journal says about it. */
  readonly last: FaultLine['event'];
}

type Draft = { -readonly [K in keyof FaultRecord]: FaultRecord[K] };

/** One record for each time a fault was armed, in that order. */
export function faultRecords(lines: readonly FaultLine[]): readonly FaultRecord[] {
  const records: Draft[] = [];
  for (const line of lines) {
    const known = line.event === 'armed' ? undefined : latest(records, line);
    const record = known ?? {
      name: line.name,
      step: '',
      observed: false,
      detail: '',
      last: line.event,
    };
    if (known === undefined) records.push(record);
    record.last = line.event;
    if (line.step !== undefined) record.step = line.step;
    if (line.detail !== undefined) record.detail = line.detail;
    if (line.event === 'observed') record.observed = true;
    if (line.event === 'not-observed') record.observed = false;
  }
  return records;
}

function latest(records: readonly Draft[], line: FaultLine): Draft | undefined {
  return records.findLast(
    (record) =>
      record.name === line.name &&
      (line.step === undefined || record.step === '' || record.step === line.step),
  );
}

/** One `fault-not-observed` finding for each fault that nothing was seen to feel. */
export function unobserved(records: readonly FaultRecord[]): readonly Finding[] {
  return records
    .filter((record) => !record.observed)
    .map((record) => ({
      code: 'fault-not-observed',
      layer: 'run',
      message: `fault "${record.name}" was not seen to bite, so surviving it proves nothing`,
      identity: null,
      expected: { fault: record.name, step: record.step, event: 'observed' },
      actual: [{ fault: record.name, step: record.step, event: record.last }],
    }));
}
