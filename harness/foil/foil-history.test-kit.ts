/**
 * What a history of the foil holds, read without any checker: copies of each trade by its number.
 *
 * Records of simulated runs are numbered, so a case can say which trades must be lost or doubled
 * before anything ran, and compare that with what the stores really held and what the judgement
 * names.
 */

import type { History, Identity } from '../checkers/history/history.ts';
import type { Finding } from '../experiment/journal-events.ts';
import { epochStartMs } from '../simulation/kernel/process.ts';

/** Trade number to how many copies of it there are; only trades with a copy are in it. */
export type Copies = ReadonlyMap<number, number>;

const nameOf = ({ topicId, partition, offset }: Identity) => `${topicId}/${partition}:${offset}`;

/** Identity to the number of the trade that was appended there. */
function numbersOf({ events }: History): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const event of events) {
    if (event.type !== 'append') continue;
    numbers.set(nameOf(event.record), Number(event.record.key.replace(/^\w+-/, '')));
  }
  return numbers;
}

function counted(history: History, rows: Iterable<{ row: Identity; times: number }>): Copies {
  const numbers = numbersOf(history);
  const copies = new Map<number, number>();
  for (const { row, times } of rows) {
    const number = numbers.get(nameOf(row))!;
    copies.set(number, (copies.get(number) ?? 0) + times);
  }
  return new Map([...copies].filter(([, count]) => count !== 0).sort(([a], [b]) => a - b));
}

/** What bronze holds at the end. */
export function bronzeCopies(history: History): Copies {
  const changes = history.events.flatMap((event) => {
    if (event.type !== 'rows-added' && event.type !== 'rows-removed') return [];
    const times = event.type === 'rows-added' ? 1 : -1;
    return event.layer === 'bronze' ? event.rows.map((row) => ({ row, times })) : [];
  });
  return counted(history, changes);
}

/** What a reader of the last snapshot of the lake gets. */
export function coldCopies(history: History): Copies {
  const rowsOf = new Map<string, readonly Identity[]>();
  let files: readonly string[] = [];
  for (const event of history.events) {
    if (event.type === 'file-written') rowsOf.set(event.file.path, event.file.rows);
    if (event.type === 'swing') files = event.snapshot?.files ?? [];
  }
  const rows = files.flatMap((path) => rowsOf.get(path) ?? []);
  return counted(
    history,
    rows.map((row) => ({ row, times: 1 })),
  );
}

/** Rows that each commit added to the lake, in order. */
export function appendsOf({ events }: History): readonly number[] {
  const totals = events.flatMap((event) =>
    event.type === 'swing' ? [event.snapshot?.rowsClaimed ?? 0] : [],
  );
  return totals.slice(1).map((total, i) => total - totals[i]!);
}

/** Trade numbers that findings of a code name in a layer, sorted. */
export function named(
  history: History,
  findings: readonly Finding[],
  code: string,
  layer: string,
): readonly number[] {
  const numbers = numbersOf(history);
  return findings
    .filter((finding) => finding.code === code && finding.layer === layer)
    .map(({ identity }) => {
      const { topicId, partition, offset } = identity!;
      return numbers.get(nameOf({ topicId, partition, offset: Number(offset) }))!;
    })
    .sort((a, b) => a - b);
}

/** `from`, `from + 1`, ..., `to`. */
export const upTo = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

export const total = (copies: Copies): number =>
  [...copies.values()].reduce((sum, count) => sum + count, 0);

/** `layer symbol windowMs windowStart`, with times since the start of the run. */
export type CandleName = string;

export const candleName = (layer: string, symbol: string, windowMs: number, sinceStartMs: number) =>
  `${layer} ${symbol} ${windowMs} ${sinceStartMs}`;

/** The candles that findings of a code are about, sorted. */
export function namedCandles(findings: readonly Finding[], code: string): readonly CandleName[] {
  return findings
    .filter((finding) => finding.code === code)
    .map(({ layer, message }) => {
      const [, symbol, start, windowMs] = /^(\S+) window (\d+)\+(\d+) ms: /.exec(message)!;
      return candleName(layer, symbol!, Number(windowMs), Number(start) - epochStartMs);
    })
    .sort();
}
