/** `tidemark enumerate`: every crash point of bounded workloads, and every pair of them. */
import { join, relative } from 'node:path';
import { painter, wantsColor } from '../../../reports/render/terminal-text.ts';
import { runDirectory } from '../../experiment/journal-directory.ts';
import { systemClock } from '../../system-clock.ts';
import { type Command, exitCodes } from '../command.ts';
import { createProgress } from '../progress.ts';

export const enumerate: Command = {
  name: 'enumerate',
  summary: 'strike every crash point of bounded workloads, and every pair of them; N of N',
  options: {
    pairs: { type: 'boolean', help: 'strike every pair as well; about a minute' },
  },
  run: async ({ values, signal, json, out }) => {
    const [{ enumerateMatrix }, { boundedWorkloads }, { buildPipeline }, { matrixText }] =
      await Promise.all([
        import('../../simulation/enumerate/matrix.ts'),
        import('../../simulation/enumerate/workloads.ts'),
        import('../../simulation/system/pipeline-system.ts'),
        import('../../simulation/presentation/matrix-text.ts'),
      ]);
    const progress = createProgress(process.stderr, process.stderr.isTTY === true);
    const outputRoot = join(process.cwd(), 'reports', 'out');
    const document = await enumerateMatrix({
      workloads: boundedWorkloads,
      pairs: values.pairs === true,
      build: buildPipeline(),
      directory: () => relative('.', runDirectory(outputRoot, 'enumerate', systemClock.nowMs())),
      monotonicMs: systemClock.monotonicMs,
      isStopped: () => signal.aborted,
      onPhase: (name) => progress.phase(name),
      onDetail: (text) => progress.update(text),
    });
    progress.finish();
    const color = wantsColor(process.stdout, process.env);
    out(json ? JSON.stringify(document) : matrixText(document, painter(color)));
    return exitCodes[document.verdict];
  },
};
