/**
 * A history as lines that a person can follow: what the faults did, how the processes fared, and
 * what became of the records in each layer.
 *
 * One event, one line. Events of which there are many and that say little by themselves (leases,
 * heads, polls, single records of the log) are left out; all of them are in the document of
 * `--json`.
 */
import { visible } from '../../../reports/render/plain-text.ts';
import type { HistoryEvent, OffsetSpan } from '../../checkers/history/history.ts';
import type { Fault } from '../schedule/schedule.ts';
import { faultText } from './fault-text.ts';

type EventOf<T extends HistoryEvent['type']> = Extract<HistoryEvent, { type: T }>;
type Describe = { readonly [T in HistoryEvent['type']]?: (event: EventOf<T>) => string };

const timeWidth = 12;

const spanText = ({ partition, offsetFirst, offsetLast }: OffsetSpan) =>
  `${partition}:${offsetFirst}-${offsetLast}`;

const offsetsText = (rows: ReadonlyArray<{ partition: number; offset: number }>) =>
  rows.map(({ partition, offset }) => `${partition}:${offset}`).join(' ');

const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

const describe: Describe = {
  phase: ({ phase }) => `--- ${phase} ---`,
  process: ({ process, state }) => `${process} ${state}`,
  'service-failed': ({ process, code, message }) => `${process} failed: ${code}: ${message}`,
  send: ({ process, partition, keys, transaction }) =>
    `${process} sends ${keys.length} records to ${partition}${transaction === null ? '' : ` in ${transaction}`}`,
  'send-end': ({ send, outcome, offsets }) =>
    `send ${send} ${outcome}${offsets.length > 0 ? ` at ${offsets.join(' ')}` : ''}`,
  transaction: ({ transaction, outcome }) => `${transaction} ${outcome}`,
  removed: ({ span, why }) => `log loses records of ${spanText(span)}: ${why}`,
  'rows-added': ({ process, layer, rows }) => `${process} adds to ${layer}: ${offsetsText(rows)}`,
  'rows-removed': ({ layer, rows, why }) => `${layer} loses ${offsetsText(rows)}: ${why}`,
  range: ({ process, state, span, rows }) =>
    `${process} range ${spanText(span)} ${state}, ${rows} records`,
  batch: ({ batch, kind, state, spans }) =>
    `${batch} (${kind}) ${state}${spans.length > 0 ? `: ${spans.map(spanText).join(' ')}` : ''}`,
  watermark: ({ table, at }) => `watermark of ${table} is ${at}`,
  restored: ({ backupSeq }) => `database restored to event ${backupSeq}`,
  'file-written': ({ file }) => `file ${fileName(file.path)}: ${offsetsText(file.rows)}`,
  'file-deleted': ({ path }) => `file ${fileName(path)} deleted`,
  swing: ({ process, to, snapshot }) =>
    `${process} swings to ${fileName(to)}, snapshot ${snapshot?.snapshotId ?? 'none'}`,
  drained: ({ tookMs, behind }) =>
    `drained in ${tookMs} ms, behind: ${behind.length === 0 ? 'nothing' : behind.join(', ')}`,
};

export function journalLines(events: readonly HistoryEvent[], faults: readonly Fault[]): string[] {
  return events.flatMap((event) => {
    const text = textOf(event, faults);
    if (text === null) return [];
    return [`${(event.atMs / 1_000).toFixed(6).padStart(timeWidth)}  ${visible(text)}`];
  });
}

function textOf(event: HistoryEvent, faults: readonly Fault[]): string | null {
  if (event.type === 'fault') {
    const fault = faults[event.fault];
    return `*** fault ${event.fault + 1} ${event.state}: ${fault === undefined ? 'unknown' : faultText(fault)}`;
  }
  const line = describe[event.type] as ((event: HistoryEvent) => string) | undefined;
  return line?.(event) ?? null;
}
