/**
 * A judgement for a person: every check with what it looked at, the findings with their witnesses,
 * and the verdict at the end, where one looks first.
 *
 * It decides nothing. Everything in it may come from somebody else's file, so what is invisible is
 * made visible before it is printed.
 */
import { counted, shortened, visible } from '../../../reports/render/plain-text.ts';
import type { Paint } from '../../../reports/render/terminal-text.ts';
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryCheck, Judgement } from './judge.ts';

/** Of what makes the verdict, and of what does not. */
const findingsShownMax = 20;
const apartShownMax = 5;
const lineCharactersMax = 300;

export function judgementText(name: string, judgement: Judgement, paint: Paint): string {
  const { checks, findings, allowed, information, verdict } = judgement;
  return [
    visible(shortened(name, lineCharactersMax)),
    '',
    ...checkLines(checks, paint),
    ...section('', findings, findingsShownMax, paint.bad),
    ...section('allowed by the configuration:', allowed, apartShownMax, paint.dim),
    ...section('information:', information, apartShownMax, paint.dim),
    '',
    `${paint.badge(verdict, ` ${verdict} `)} ${closing(judgement)}`,
  ].join('\n');
}

function checkLines(checks: readonly HistoryCheck[], paint: Paint): string[] {
  const verdictWidth = 'inconclusive'.length;
  const nameWidth = Math.max(0, ...checks.map((check) => check.name.length));
  return checks.map(({ name, guarantee, title, verdict, looked, found }) => {
    const what = found === 0 ? '' : `, ${counted(found, 'finding')}`;
    const head = `${guarantee.padEnd(4)}${name.padEnd(nameWidth)}`;
    const state = paint.verdict(verdict, verdict.padEnd(verdictWidth));
    return `${state}  ${head}  ${title} (${looked} looked at${what})`;
  });
}

function section(
  title: string,
  findings: readonly Finding[],
  shownMax: number,
  paint: (text: string) => string,
): string[] {
  if (findings.length === 0) return [];
  const more = findings.length - shownMax;
  return [
    '',
    ...(title === '' ? [] : [title]),
    ...findings.slice(0, shownMax).flatMap((finding) => findingLines(finding, paint)),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

function findingLines(finding: Finding, paint: (text: string) => string): string[] {
  const { code, layer, message, identity, expected, actual } = finding;
  const fields = (values: Readonly<Record<string, string>>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  const witness = [
    ...(identity === null ? [] : [`record    ${identity.partition}:${identity.offset}`]),
    ...(expected === null ? [] : [`expected  ${fields(expected)}`]),
    ...actual.map((values) => `found     ${fields(values)}`),
  ];
  return [
    `${paint(visible(code))} in ${visible(layer)}: ${visible(shortened(message, lineCharactersMax))}`,
    ...witness.map((line) => `    ${shortened(visible(line), lineCharactersMax)}`),
  ];
}

function closing({ verdict, checks, counts, findings }: Judgement): string {
  if (checks.length === 0) return 'nothing was checked';
  const codes = [...new Set(findings.map(({ code }) => code))];
  if (codes.length > 0) return codes.map((code) => `${visible(code)} ${counts[code]}`).join(', ');
  if (verdict === 'pass') return `${counted(checks.length, 'check')}, nothing was found`;
  const idle = checks.filter((check) => check.looked === 0).map(({ name }) => name);
  return `nothing to look at for ${idle.join(', ')}`;
}
