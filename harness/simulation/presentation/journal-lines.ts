/**
 * A history as lines that a person can follow: what the faults did, how the processes fared, and
 * what became of the records in each layer.
 *
 * One event, one line. Events of which there are many and that say little by themselves (leases,
 * heads, polls, single records of the log) are left out; all of them are in the document of
 * `--json`.
 */
import { counted, grouped, visible } from '../../../reports/render/plain-text.ts';
import type { HistoryEvent, OffsetSpan } from '../../checkers/history/history.ts';
import type { Fault } from '../schedule/schedule.ts';
import { faultText } from './fault-text.ts';

type EventOf<T extends HistoryEvent['type']> = Extract<HistoryEvent, { type: T }>;
type Describe = { readonly [T in HistoryEvent['type']]?: (event: EventOf<T>) => string };

const timeWidth = 12;
const placesShownMax = 24;
/** Of a history that is longer the beginning and the end are shown. */
const linesShownMax = 2_000;

const spanText = ({ partition, offsetFirst, offsetLast }: OffsetSpan) =>
  `${partition}:${offsetFirst}-${offsetLast}`;

/** Of many only the first. */
function listText(places: readonly (string | number)[]): string {
  const left = places.length - placesShownMax;
  const shown = places.slice(0, placesShownMax).join(' ');
  return left > 0 ? `${shown} and ${grouped(left)} more` : shown;
}

const rowsText = (rows: ReadonlyArray<{ partition: number; offset: number }>) =>
  listText(rows.map(({ partition, offset }) => `${partition}:${offset}`));

const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

const describe: Describe = {
  phase: ({ phase }) => `--- ${phase} ---`,
  process: ({ process, state }) => `${process} ${state}`,
  'service-failed': ({ process, code, message }) => `${process} failed: ${code}: ${message}`,
  send: ({ process, send, partition, keys, transaction }) =>
    `${process} send ${send} of ${keys.length} records to partition ${partition}` +
    `${transaction === null ? '' : ` in ${transaction}`}`,
  'send-end': ({ send, outcome, offsets }) =>
    `send ${send} ${outcome}${offsets.length > 0 ? ` at ${listText(offsets)}` : ''}`,
  transaction: ({ transaction, outcome }) => `${transaction} ${outcome}`,
  removed: ({ span, why }) => `log loses records of ${spanText(span)}: ${why}`,
  'rows-added': ({ process, layer, rows }) => `${process} adds to ${layer}: ${rowsText(rows)}`,
  'rows-removed': ({ layer, rows, why }) => `${layer} loses ${rowsText(rows)}: ${why}`,
  range: ({ process, state, span, rows }) =>
    `${process} range ${spanText(span)} ${state}, ${rows} records`,
  batch: ({ batch, kind, state, spans }) =>
    `${batch} (${kind}) ${state}${spans.length > 0 ? `: ${spans.map(spanText).join(' ')}` : ''}`,
  watermark: ({ table, at }) => `watermark of ${table} is ${at}`,
  restored: ({ backupSeq }) => `database restored to event ${backupSeq}`,
  'file-written': ({ file: { path, rows } }) =>
    `file ${fileName(path)} written${rows.length > 0 ? `: ${rowsText(rows)}` : ''}`,
  'file-deleted': ({ path }) => `file ${fileName(path)} deleted`,
  swing: ({ process, to, snapshot }) =>
    `${process} swings to ${fileName(to)}, snapshot ${snapshot?.snapshotId ?? 'none'}`,
  drained: ({ tookMs, behind }) =>
    `drained in ${tookMs} ms, behind: ${behind.length === 0 ? 'nothing' : behind.join(', ')}`,
};

export function journalLines(events: readonly HistoryEvent[], faults: readonly Fault[]): string[] {
  const lines = events.flatMap((event) => {
    const text = textOf(event, faults);
    if (text === null) return [];
    return [`${(event.atMs / 1_000).toFixed(6).padStart(timeWidth)}  ${visible(text)}`];
  });
  const left = lines.length - linesShownMax;
  if (left <= 0) return lines;
  const half = linesShownMax / 2;
  return [...lines.slice(0, half), `... ${counted(left, 'line')} left out`, ...lines.slice(-half)];
}

function textOf(event: HistoryEvent, faults: readonly Fault[]): string | null {
  if (event.type === 'fault') {
    const fault = faults[event.fault];
    const state = event.state === 'bit' ? 'strikes' : event.state;
    const what = fault === undefined ? 'unknown' : faultText(fault);
    return `*** fault ${event.fault + 1} ${state}: ${what}`;
  }
  const line = describe[event.type] as ((event: HistoryEvent) => string) | undefined;
  return line?.(event) ?? null;
}
