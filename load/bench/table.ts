/**
 * The reports as a table for people: what, records, min, median, max, processor time, and the
 * goals below.
 */
import { cpuUsOf, type Goal, type LaneReport, type Measurement, valuesOf } from './report.ts';
import { spreadOf } from './statistics.ts';

const head = ['', 'records', 'min', 'median', 'max', 'unit', 'CPU us/record'];
const goalHead = ['', 'min', 'median', 'max', 'unit', 'goal', 'reached'];

/** Ends with a line break. */
export function renderTable(reports: readonly LaneReport[]): string {
  return reports.map(renderLane).join('\n');
}

function renderLane({ lane, title, measurements, goals, notes }: LaneReport): string {
  const rows = [head, ...measurements.map(measurementRow)];
  const goalRows = goals.length === 0 ? [] : [goalHead, ...goals.map(goalRow)];
  return [
    `${lane}: ${title}`,
    ...aligned(rows),
    ...(goalRows.length === 0 ? [] : ['', ...aligned(goalRows)]),
    ...notes.map((note) => `  * ${note}`),
    '',
  ].join('\n');
}

function measurementRow(measurement: Measurement): string[] {
  const { min, median, max } = spreadOf(valuesOf(measurement));
  const cpu = Object.entries(cpuUsOf(measurement));
  const total = cpu.reduce((sum, [, us]) => sum + us, 0);
  const parts = cpu.map(([name, us]) => `${name} ${us.toFixed(2)}`).join(', ');
  return [
    measurement.what,
    measurement.records === null ? '' : grouped(measurement.records),
    ...[min, median, max].map(short),
    measurement.unit,
    cpu.length === 0 ? '' : `${total.toFixed(2)} (${parts})`,
  ];
}

function goalRow({ what, value, unit, wanted, reached }: Goal): string[] {
  const bound = 'atLeast' in wanted ? `>= ${short(wanted.atLeast)}` : `<= ${short(wanted.atMost)}`;
  const { min, median, max } = value;
  return [what, ...[min, median, max].map(short), unit, bound, reached ? 'yes' : 'NO'];
}

const grouped = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** Three digits are as much as a benchmark knows. */
function short(value: number): string {
  if (Math.abs(value) >= 1_000) return grouped(Math.round(value));
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** First and last column to the left, numbers to the right. */
function aligned(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const isText = i === 0 || i === row.length - 1 || cell === 'unit';
        return isText ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!);
      })
      .join('  ')
      .replace(/^/, '  ')
      .trimEnd(),
  );
}
