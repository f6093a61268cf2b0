/**
 * A replayed counterexample for a person: the steps that led there, the findings with their
 * witnesses, the verdict, and whether it was the run that the file speaks of.
 *
 * It decides nothing. Everything in it may come from somebody else's file, so what is invisible is
 * made visible before it is printed.
 */
import { counted, shortened, visible } from '../../../reports/render/plain-text.ts';
import type { Paint } from '../../../reports/render/terminal-text.ts';
import type { Finding } from '../../experiment/journal-events.ts';
import type { Replay } from '../replay.ts';
import { faultText } from './fault-text.ts';
import { journalLines } from './journal-lines.ts';

const findingsShownMax = 10;
const witnessCharactersMax = 400;

export function replayText(path: string, replay: Replay, paint: Paint): string {
  const { counterexample, run, verdict } = replay;
  const { origin, bug, schedule } = counterexample;
  const { findings } = run.judgement;
  const subject = bug === null ? `the ${schedule.settings.system} as it is` : `planted bug ${bug}`;
  const head = `${path}: ${origin}; ${subject}; ${counted(schedule.faults.length, 'fault')}`;
  return [
    visible(shortened(head, witnessCharactersMax)),
    '',
    ...journalLines(run.history.events, schedule.faults),
    ...idleFaults(replay),
    ...findings.slice(0, findingsShownMax).flatMap((finding) => findingLines(finding, paint)),
    ...(findings.length > findingsShownMax
      ? ['', `and ${counted(findings.length - findingsShownMax, 'finding')} more`]
      : []),
    ...(findings.length === 0 ? replay.messages.map((message) => `\n${visible(message)}`) : []),
    '',
    `${paint.badge(verdict, ` ${verdict} `)} ${closing(replay)}`,
  ].join('\n');
}

function idleFaults({ counterexample, run }: Replay): string[] {
  const idle = counterexample.schedule.faults.filter((_, index) => !run.bitten.has(index));
  return idle.length === 0
    ? []
    : ['', ...idle.map((fault) => `did not strike: ${faultText(fault)}`)];
}

function findingLines(finding: Finding, paint: Paint): string[] {
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
    '',
    `${paint.bad(visible(code))} in ${visible(layer)}: ${visible(message)}`,
    ...witness.map((line) => `    ${shortened(visible(line), witnessCharactersMax)}`),
  ];
}

function closing({ run, codes, sameHistory, historyHash, counterexample }: Replay): string {
  const what = codes.length === 0 ? 'nothing was found' : codes.join(', ');
  if (sameHistory) return `${what}; the same history as recorded, ${historyHash}`;
  const { verdict, codes: recorded, historyHash: recordedHash } = counterexample;
  const claimed = recorded.length === 0 ? verdict : `${verdict}: ${recorded.join(', ')}`;
  return visible(
    `not the run that the file speaks of: it was recorded with ${claimed}, history ${recordedHash}; ` +
      `this one is ${run.judgement.verdict}: ${what}, history ${historyHash}`,
  );
}
