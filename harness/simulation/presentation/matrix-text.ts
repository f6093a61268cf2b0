/**
 * The matrix of an enumeration for a person: for each workload a line for each step of each
 * process, and at the end `N of N`, or what is missing from it.
 *
 * It decides nothing.
 */
import { counted, duration, grouped } from '../../../reports/render/plain-text.ts';
import type { Paint } from '../../../reports/render/terminal-text.ts';
import type { Cell } from '../enumerate/enumerate.ts';
import type { MatrixDocument, MatrixFailure, MatrixRow } from '../enumerate/matrix.ts';
import { faultText } from './fault-text.ts';

const failuresShownMax = 10;
const columns = [12, 28] as const;
const numberWidth = 9;

export function matrixText(document: MatrixDocument, paint: Paint): string {
  const { verdict, reasons, workloads, single, pairs, failures, failuresTotal } = document;
  const why =
    reasons.length === 0 ? 'every point was struck, every run passed' : reasons.join('; ');
  return [
    ...workloads.flatMap((workload) => [paint.bold(workload.name), ...table(workload, paint), '']),
    ...failures.slice(0, failuresShownMax).flatMap((failure) => failureLines(failure, paint)),
    ...(failuresTotal > failuresShownMax
      ? [`and ${counted(failuresTotal - failuresShownMax, 'run')} more`, '']
      : []),
    `${paint.badge(verdict, ` ${verdict} `)} ${why}`,
    '',
    `single faults  ${ofText(single)}`,
    `pairs          ${pairs === null ? 'not asked for (--pairs)' : ofText(pairs)}`,
    `runs           ${grouped(document.runs)} in ${duration(document.durationMs)}`,
  ].join('\n');
}

function table(workload: MatrixDocument['workloads'][number], paint: Paint): string[] {
  const heading = ['points', 'reached', 'passed'].map((name) => name.padStart(numberWidth));
  const group = `${' '.repeat(2)}${heading.join('')}`;
  const name = (process: string, step: string) =>
    `  ${process.padEnd(columns[0])}${step.padEnd(columns[1])}`;
  const pairs = new Map(workload.pairs.map((row) => [`${row.process} ${row.step}`, row]));
  const single = new Map(workload.single.map((row) => [`${row.process} ${row.step}`, row]));
  const hasPairs = pairs.size > 0;
  const names = [...new Set([...single.keys(), ...pairs.keys()])].sort();
  return [
    paint.dim(
      `${name('process', 'step')}${group}${hasPairs ? `${group}  second crash of a pair` : ''}`,
    ),
    ...names.map((key) => {
      const [process, step] = key.split(' ') as [string, string];
      const rest = hasPairs ? cellText(pairs.get(key), paint) : '';
      return `${name(process, step)}${cellText(single.get(key), paint)}${rest}`.trimEnd();
    }),
  ];
}

function cellText(row: MatrixRow | undefined, paint: Paint): string {
  if (row === undefined) return ' '.repeat(2 + 3 * numberWidth);
  const { points, reached, passed } = row;
  const text = [points, reached, passed].map((n) => grouped(n).padStart(numberWidth)).join('');
  const whole = points === reached && points === passed;
  return `  ${whole ? text : paint.bad(text)}`;
}

function ofText({ points, reached, passed }: Cell): string {
  const whole = Math.min(reached, passed);
  return `${grouped(whole)} of ${grouped(points)}`;
}

function failureLines(failure: MatrixFailure, paint: Paint): string[] {
  const { workload, verdict, codes, faults, unbitten, replay } = failure;
  return [
    `${paint.bad(`${verdict}: ${codes.join(', ')}`)} in ${workload}`,
    ...faults.map(
      (fault, index) => `  ${unbitten.includes(index) ? 'never struck: ' : ''}${faultText(fault)}`,
    ),
    `  ${replay}`,
    '',
  ];
}
