/** `tidemark simulate`: seeds of the simulated pipeline, as many as asked for. */
import { join, relative } from 'node:path';
import { painter, wantsColor } from '../../../reports/render/terminal-text.ts';
import { runDirectory } from '../../experiment/journal-directory.ts';
import { systemClock } from '../../system-clock.ts';
import { type Command, exitCodes, integerOption, stringOption, UsageError } from '../command.ts';
import { createProgress } from '../progress.ts';

const seedsDefault = 1_000;
const seedMax = 2 ** 48;
const minutesMax = 10_000;

export const simulate: Command = {
  name: 'simulate',
  summary: 'explore seeds of the simulated pipeline: faults, heal, drain, every guarantee checked',
  options: {
    seeds: { type: 'string', value: 'N', help: `how many seeds (default ${seedsDefault})` },
    seed: { type: 'string', value: 'S', help: 'the first seed (default 1)' },
    minutes: { type: 'string', value: 'M', help: 'end after so long, whatever --seeds says' },
  },
  run: async ({ values, signal, json, out }) => {
    const minutes = minutesOption(stringOption(values, 'minutes'));
    const seedFirst = integerOption(values, 'seed', { max: seedMax }) ?? 1;
    const seeds =
      integerOption(values, 'seeds', { min: 1, max: seedMax }) ??
      (minutes === null ? seedsDefault : seedMax);
    const progress = createProgress(process.stderr, process.stderr.isTTY === true);
    const [simulation, { buildPipeline }, { simulateText }] = await Promise.all([
      import('../../simulation/simulate.ts'),
      import('../../simulation/system/pipeline-system.ts'),
      import('../../simulation/presentation/simulate-text.ts'),
    ]);
    const outputRoot = join(process.cwd(), 'reports', 'out');
    const document = await simulation.simulate({
      seedFirst,
      seeds,
      msMax: minutes === null ? null : minutes * 60_000,
      build: (logger) => buildPipeline({ logger }),
      directory: () => relative('.', runDirectory(outputRoot, 'simulate', systemClock.nowMs())),
      monotonicMs: systemClock.monotonicMs,
      isStopped: () => signal.aborted,
      onPhase: (name) => progress.phase(name),
      onDetail: (text) => progress.update(text),
    });
    progress.finish();
    const color = wantsColor(process.stdout, process.env);
    out(json ? JSON.stringify(document) : simulateText(document, painter(color)));
    return exitCodes[document.verdict];
  },
};

function minutesOption(text: string | undefined): number | null {
  if (text === undefined) return null;
  const minutes = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || minutes <= 0 || minutes > minutesMax) {
    throw new UsageError(`--minutes takes a number above 0, up to ${minutesMax}, not ${text}`);
  }
  return minutes;
}
