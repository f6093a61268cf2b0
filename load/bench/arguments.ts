/**
 * The benchmark's command line: which lanes, how many records, how many rounds.
 *
 * Numbers are kept in bounds that the local services can serve; everything else is an error that
 * names the option.
 */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Names of lanes, in the order in which they run. */
  readonly lanes: readonly string[];
  /** Records for everything that belongs to the pipeline. */
  readonly records: number;
  /** Records for the ways of ingest that it is compared with; fewer would count their warm-up. */
  readonly peerRecords: number;
  readonly rounds: number;
  /** Cycles measured by `offload-small`, and commits between its two measurements. */
  readonly cycles: number;
  readonly commitsBetween: number;
  /** How long `latency` produces. */
  readonly seconds: number;
  readonly json: boolean;
}

/** A mistake in how the benchmark was called. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const numbers = {
  records: { fallback: 2_000_000, min: 1_000, max: 50_000_000, help: 'for the pipeline' },
  'peer-records': {
    fallback: null,
    min: 1_000,
    max: 50_000_000,
    help: 'for the peers of ingest (as many)',
  },
  rounds: { fallback: 3, min: 1, max: 100, help: 'of every comparison, interleaved' },
  cycles: { fallback: 30, min: 1, max: 1_000, help: 'that offload-small measures' },
  'commits-between': {
    fallback: 270,
    min: 0,
    max: 10_000,
    help: 'small commits before offload-small measures again',
  },
  seconds: { fallback: 20, min: 1, max: 3_600, help: 'that latency produces' },
} as const;

type NumberName = keyof typeof numbers;

export const usage = (lanes: readonly string[]) =>
  [
    'npm run bench -- [lane ...] [option ...]',
    '',
    `  lanes: ${lanes.join(', ')}`,
    ...Object.entries(numbers).map(
      ([name, { fallback, help }]) =>
        `  --${`${name} N`.padEnd(20)}${help}${fallback === null ? '' : ` (${fallback})`}`,
    ),
    `  --${'json'.padEnd(20)}one JSON document on stdout`,
    `  --${'help'.padEnd(20)}this text`,
    '',
  ].join('\n');

/**
 * Null when help was asked for. Throws UsageError. `defaults` are the lanes that run when none is
 * named.
 */
export function readArguments(
  argv: readonly string[],
  known: readonly string[],
  defaults: readonly string[],
): BenchOptions | null {
  const { values, positionals } = parsed(argv);
  if (values.help === true) return null;
  const stranger = positionals.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new UsageError(`there is no lane ${stranger}; lanes are ${known.join(', ')}`);
  }
  const number = (name: NumberName, fallback: number): number => {
    const text = values[name];
    if (text === undefined) return fallback;
    const value = Number(text);
    const { min, max } = numbers[name];
    if (/^\d+$/.test(String(text)) && value >= min && value <= max) return value;
    throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not ${text}`);
  };
  const records = number('records', numbers.records.fallback);
  return {
    lanes: positionals.length === 0 ? defaults : [...new Set(positionals)],
    records,
    peerRecords: number('peer-records', records),
    rounds: number('rounds', numbers.rounds.fallback),
    cycles: number('cycles', numbers.cycles.fallback),
    commitsBetween: number('commits-between', numbers['commits-between'].fallback),
    seconds: number('seconds', numbers.seconds.fallback),
    json: values.json === true,
  };
}

function parsed(argv: readonly string[]) {
  const options = {
    ...Object.fromEntries(Object.keys(numbers).map((name) => [name, { type: 'string' as const }])),
    json: { type: 'boolean' as const },
    help: { type: 'boolean' as const },
  };
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
    });
    return {
      values: values as Readonly<Record<string, string | boolean | undefined>>,
      positionals,
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
