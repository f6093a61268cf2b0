/** `tidemark corpus`: what the harness catches, and how soon. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runDirectory } from '../../experiment/journal-directory.ts';
import { systemClock } from '../../system-clock.ts';
import { type Command, exitCodes, integerOption, stringOption, UsageError } from '../command.ts';
import { createProgress } from '../progress.ts';

const huntsDefault = 5;
/** Verifier mutants that must be killed, of a hundred. */
const scoreMin = 0.9;

export const corpus: Command = {
  name: 'corpus',
  summary: 'plant every known bug and see it named: bug x checker x runs to detect it',
  options: {
    bugs: { type: 'string', value: 'ID,ID', help: 'only these (default all)' },
    hunts: {
      type: 'string',
      value: 'N',
      help: `hunts a bug, for the median (default ${huntsDefault})`,
    },
    mutants: { type: 'boolean', help: 'judge the mutants of the checkers as well (minutes)' },
    seed: { type: 'string', value: 'N', help: 'seed of the canary (default: the clock)' },
    docs: { type: 'boolean', help: 'write docs/corpus.md and docs/windows.md anew' },
  },
  run: async ({ values, signal, json, out }) => {
    const { runCorpusCommand } = await import('../../corpus/corpus-command.ts');
    const { plantedBugs } = await import('../../corpus/planted-bugs.ts');
    const progress = createProgress(process.stderr, process.stderr.isTTY === true);
    const wanted = stringOption(values, 'bugs')?.split(',');
    const unknown = wanted?.filter((id) => !plantedBugs.some((bug) => bug.id === id)) ?? [];
    if (unknown.length > 0) {
      const known = plantedBugs.map(({ id }) => id).join(', ');
      throw new UsageError(`there is no planted bug ${unknown.join(', ')}; there are ${known}`);
    }
    const directory = runDirectory(
      join(process.cwd(), 'reports', 'out'),
      'corpus',
      systemClock.nowMs(),
    );
    mkdirSync(directory, { recursive: true });
    const document = await runCorpusCommand({
      bugs: plantedBugs.filter(({ id }) => wanted === undefined || wanted.includes(id)),
      hunts: integerOption(values, 'hunts', { min: 1, max: 1_000 }) ?? huntsDefault,
      mutants: values.mutants === true,
      canarySeed: integerOption(values, 'seed') ?? systemClock.nowMs(),
      directory: relative('.', directory),
      scoreMin,
      isStopped: () => signal.aborted,
      onPhase: (name) => progress.phase(name),
      onDetail: (text) => progress.update(text),
    });
    progress.finish();
    if (values.docs === true) {
      const { corpusDocs } = await import('../../corpus/corpus-docs.ts');
      for (const [file, text] of corpusDocs(document)) writeFileSync(join('docs', file), text);
    }
    out(json ? JSON.stringify(document) : document.text);
    return exitCodes[document.verdict];
  },
};
