/**
 * `tidemark prove`, which is also `npm start`: the main job, its verdict, and the path of its
 * report.
 */
import { join } from 'node:path';
import { prove as runProve } from '../../experiment/prove.ts';
import { defaultFaults, type FaultName, faultNames } from '../../faults/fault.ts';
import { type Command, integerOption, stringOption, UsageError } from '../command.ts';
import { present } from '../present.ts';
import { createProgress } from '../progress.ts';

export const prove: Command = {
  name: 'prove',
  summary: 'the main job: trades through Kafka, ClickHouse and Iceberg while faults strike, proven',
  options: {
    input: {
      type: 'string',
      value: 'FILE',
      help: 'recording to replay; default: the one in the project',
    },
    records: {
      type: 'string',
      value: 'N',
      help: 'generate N trades instead, or take the first N of --input',
    },
    seed: { type: 'string', value: 'N', help: 'seed of the generator (default 1)' },
    faults: {
      type: 'string',
      value: 'LIST',
      help: `none, default, or some of ${faultNames.join(',')}`,
    },
    keep: {
      type: 'boolean',
      help: 'leave the services running for tidemark verify; end them with tidemark down',
    },
  },
  run: async (cli) => {
    const { values, signal, note } = cli;
    const progress = createProgress(process.stderr, process.stderr.isTTY === true);
    const result = await runProve({
      input: stringOption(values, 'input'),
      records: integerOption(values, 'records', { min: 1 }),
      seed: integerOption(values, 'seed') ?? 1,
      faults: parseFaults(stringOption(values, 'faults')),
      keep: values.keep === true,
      argv: process.argv.slice(2),
      outputRoot: join(process.cwd(), 'reports', 'out'),
      signal,
      onPhase: (name) => progress.phase(name),
      onDetail: (text) => progress.update(text),
      onNote: (text) => progress.note(text),
    });
    progress.finish();
    if (result.failure !== null) note(`the run ended early: ${result.failure.message}`);
    if (values.keep === true)
      note('services are running; see tidemark status, end them with tidemark down');
    return present(result, cli);
  },
};

function parseFaults(text = 'default'): readonly FaultName[] {
  if (text === 'default') return defaultFaults;
  if (text === 'none') return [];
  return text.split(',').map((word) => {
    const found = faultNames.find((name) => name === word);
    if (found === undefined) {
      throw new UsageError(
        `--faults takes none, default, or names of ${faultNames.join(', ')}; not ${word}`,
      );
    }
    return found;
  });
}
