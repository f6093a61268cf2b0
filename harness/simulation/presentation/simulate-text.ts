/**
 * What an exploration found, for a person: the verdict and why, how fast it was, what was met, and
 * each finding with the line that runs it again.
 *
 * It decides nothing. Words that come from elsewhere are made visible.
 */
import { counted, duration, grouped, visible } from '../../../reports/render/plain-text.ts';
import type { Paint } from '../../../reports/render/terminal-text.ts';
import type { SimulateDocument, SimulateFinding } from '../simulate.ts';

const messagesShownMax = 2;

export function simulateText(document: SimulateDocument, paint: Paint): string {
  const { verdict, seedFirst, seeds, durationMs, reasons } = document;
  const why = reasons.length === 0 ? 'every run kept every guarantee' : reasons.join('; ');
  const head = `${paint.badge(verdict, ` ${verdict} `)} ${counted(seeds, 'seed')} from ${seedFirst}: ${why}`;
  const lines = [
    head,
    '',
    `speed     ${grouped(Math.round(document.schedulesPerSecond))} schedules/s, ` +
      `${Math.round(document.stepsPerSchedule)} protocol steps each, ` +
      `${grouped(document.speedup)} times real time (${duration(durationMs)})`,
    `faults    ${grouped(document.faultsBitten)} struck: ${faultList(document.marks)}`,
    `marks     ${markLine(document)}`,
    `journal   ${document.journalHash}`,
    ...document.findings.flatMap((finding) => findingLines(finding, paint)),
    ...beyond(document),
  ];
  return lines.join('\n');
}

function faultList(marks: Readonly<Record<string, number>>): string {
  const prefix = 'fault ';
  const faults = Object.entries(marks)
    .filter(([name]) => name.startsWith(prefix))
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name.slice(prefix.length)} ${grouped(count)}`);
  return faults.length === 0 ? 'none' : faults.join(', ');
}

function markLine({ missingMarks, marks }: SimulateDocument): string {
  const met = counted(Object.keys(marks).length, 'kind');
  if (missingMarks.length === 0) return `${met} met, every expected one among them`;
  return `${met} met; never met: ${missingMarks.join(', ')}`;
}

function findingLines(finding: SimulateFinding, paint: Paint): string[] {
  const { seed, verdict, codes, messages, replay, faults, shrunk } = finding;
  const size = `${counted(faults, 'fault')}${shrunk ? ', made smaller' : ''}`;
  return [
    '',
    `seed ${seed}  ${paint.verdict(verdict, `${verdict}: ${codes.join(', ')}`)}  (${size})`,
    ...messages.slice(0, messagesShownMax).map((message) => `  ${visible(message)}`),
    `  ${replay}`,
  ];
}

function beyond({ violated, inconclusive, findings }: SimulateDocument): string[] {
  const rest = violated + inconclusive - findings.length;
  return rest > 0 ? ['', `and ${counted(rest, 'finding')} more`] : [];
}
