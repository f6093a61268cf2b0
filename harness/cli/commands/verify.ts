/** `tidemark verify`: the proof alone, over whatever a run or a cluster holds now. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { RunContext } from '../../experiment/run-context.ts';
import { verifyRun } from '../../experiment/verify-run.ts';
import { type Command, stringOption, UsageError } from '../command.ts';
import { present } from '../present.ts';
import { createProgress } from '../progress.ts';

const outputRoot = () => join(process.cwd(), 'reports', 'out');

export const verify: Command = {
  name: 'verify',
  summary: 'prove again what the layers hold now: after prove --keep, or for a running cluster',
  options: {
    run: {
      type: 'string',
      value: 'DIR',
      help: 'folder of a kept run (default: the latest of prove)',
    },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'JSON file with kafkaBootstrap, topic, clickhouseUrl, ... instead of --run',
    },
    'log-reader': {
      type: 'string',
      value: 'auto|kafkajs|raw',
      help: 'which client reads the log again',
    },
    'lake-reader': {
      type: 'string',
      value: 'auto|clickhouse|typescript|both',
      help: 'which reader reads the lake',
    },
    'up-to-head': {
      type: 'boolean',
      help: "compare up to the ledger's heads only: for a pipeline that is still moving",
    },
  },
  run: async (cli) => {
    const { values, signal } = cli;
    const progress = createProgress(process.stderr, process.stderr.isTTY === true);
    progress.phase('verify');
    const result = await verifyRun({
      context: readContext(
        stringOption(values, 'config') ?? contextFile(stringOption(values, 'run')),
      ),
      readers: {
        log: choice(values, 'log-reader', ['auto', 'kafkajs', 'raw'] as const),
        lake: choice(values, 'lake-reader', ['auto', 'clickhouse', 'typescript', 'both'] as const),
      },
      expectComplete: values['up-to-head'] !== true,
      argv: process.argv.slice(2),
      outputRoot: outputRoot(),
      signal,
      onDetail: (text) => progress.update(text),
    });
    progress.finish();
    return present(result, cli);
  },
};

function contextFile(run: string | undefined): string {
  const directory = run === undefined ? join(outputRoot(), 'prove', 'latest') : resolve(run);
  const file = join(directory, 'context.json');
  if (existsSync(file)) return file;
  throw new UsageError(
    `no run to verify: ${relative('.', file)} is not there; run tidemark prove --keep first, or give --config`,
  );
}

const contextKeys = [
  'kafkaBootstrap',
  'topic',
  'clickhouseUrl',
  'database',
  'postgresUrl',
  'catalog',
  'namespace',
] as const;

function readContext(file: string): RunContext {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
  const fields = document as Record<string, unknown>;
  for (const key of contextKeys) {
    if (typeof fields[key] !== 'string')
      throw new UsageError(`${file}: ${key} is missing or no string`);
  }
  return document as RunContext;
}

function choice<T extends string>(
  values: Readonly<Record<string, string | boolean | undefined>>,
  name: string,
  allowed: readonly [T, ...T[]],
): T {
  const text = stringOption(values, name) ?? allowed[0];
  const found = allowed.find((word) => word === text);
  if (found === undefined)
    throw new UsageError(`--${name} takes ${allowed.join(', ')}, not ${text}`);
  return found;
}
