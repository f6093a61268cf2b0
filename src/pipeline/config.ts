/**
 * Configuration of the pipeline's services: defaults, then a JSON file, then environment variables,
 * then flags.
 *
 * Every key has one name in three spellings: `kafka.bootstrapServers` in the file,
 * `TIDEMARK_KAFKA_BOOTSTRAP_SERVERS` in the environment, `--kafka-bootstrap-servers` as a flag. All
 * of them are validated together, and an error names the key, where its value came from, and what
 * was expected. Unknown keys are errors, because a misspelt setting is a silent default.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { TidemarkError } from './errors.ts';
import { durationMsMax } from './model/duration.ts';

const positive = z.coerce.number().int().positive();
/** What becomes a timer: a longer one would fire at once. */
const timerMs = positive.max(durationMsMax, `expected at most ${durationMsMax} ms`);
const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `expected a URL with ${protocols.join(' or ')}`,
  });

const schema = z.strictObject({
  kafka: z.strictObject({
    bootstrapServers: z
      .string()
      .regex(/^[^:,\s]+:\d+(,[^:,\s]+:\d+)*$/, 'expected host:port[,host:port...]'),
    topic: z.string().regex(/^[a-zA-Z0-9._-]{1,249}$/, 'expected a topic name'),
    groupId: z.string().min(1).default('tidemark'),
  }),
  clickhouse: z.strictObject({
    url: url('http:', 'https:'),
    database: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected an identifier')
      .default('tidemark'),
    username: z.string().default('default'),
    password: z.string().default(''),
    requestTimeoutMs: timerMs.default(60_000),
  }),
  postgres: z.strictObject({
    url: url('postgres:', 'postgresql:'),
    timeoutMs: timerMs.default(15_000),
  }),
  lake: z.strictObject({
    warehouse: url('file:'),
    catalog: z.string().min(1).default('lake'),
    namespace: z.string().min(1).default('cold'),
    batchRowsMax: positive.default(2_000_000),
    snapshotsKeptMin: positive.default(100),
  }),
  ingest: z.strictObject({
    rangeRowsMax: positive.max(1_000_000).default(200_000),
    rangeBytesMax: positive.max(256_000_000).default(64_000_000),
    lingerMs: timerMs.default(200),
    writersMax: positive.default(2),
  }),
  leaseMs: timerMs.default(10_000),
  outageMsMax: positive.default(600_000),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export type Config = z.output<typeof schema>;

/** Sections are optional in the input where all their keys have defaults. */
const sections = ['kafka', 'clickhouse', 'postgres', 'lake', 'ingest'] as const;

/** Dotted names of all keys, from the schema itself. */
export const configKeys: readonly string[] = Object.entries(schema.shape).flatMap(([name, part]) =>
  part instanceof z.ZodObject ? Object.keys(part.shape).map((key) => `${name}.${key}`) : [name],
);

const words = (key: string) => key.replace(/\./g, '_').replace(/([a-z])([A-Z])/g, '$1_$2');
export const environmentName = (key: string) => `TIDEMARK_${words(key).toUpperCase()}`;
export const flagName = (key: string) => words(key).replaceAll('_', '-').toLowerCase();

export interface ConfigSources {
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Flag name (without dashes) to value. */
  readonly flags: Readonly<Record<string, string>>;
}

/** Fails with `config-invalid`, naming every offending key and its source. */
export function loadConfig(sources: ConfigSources): Config {
  const origin = new Map<string, string>();
  const tree: Record<string, unknown> = Object.fromEntries(sections.map((s) => [s, {}]));
  const put = (key: string, value: unknown, from: string) => {
    const [section, leaf] = key.split('.') as [string, string?];
    if (leaf === undefined) tree[section] = value;
    else (tree[section] as Record<string, unknown>)[leaf] = value;
    origin.set(key, from);
  };
  for (const [key, value] of readFile(sources.file)) put(key, value, `file ${sources.file}`);
  for (const key of configKeys) {
    const value = sources.environment[environmentName(key)];
    if (value !== undefined) put(key, value, `environment ${environmentName(key)}`);
    const flag = sources.flags[flagName(key)];
    if (flag !== undefined) put(key, flag, `flag --${flagName(key)}`);
  }
  refuseUnknownFlags(sources.flags);
  const parsed = schema.safeParse(tree);
  if (parsed.success) return parsed.data;
  throw new TidemarkError('config-invalid', `configuration: ${describe(parsed.error, origin)}`);
}

function refuseUnknownFlags(flags: Readonly<Record<string, string>>): void {
  const known = new Set(configKeys.map(flagName));
  const unknown = Object.keys(flags).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new TidemarkError(
    'config-invalid',
    `configuration: there is no flag ${unknown.map((name) => `--${name}`).join(', ')}`,
  );
}

/**
 * Flattens the file to dotted keys; unknown ones are kept so that the schema refuses them by name.
 */
function readFile(path: string | undefined): Array<[string, unknown]> {
  if (path === undefined) return [];
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new TidemarkError(
      'config-invalid',
      `configuration file ${path}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new TidemarkError('config-invalid', `configuration file ${path}: expected a JSON object`);
  }
  return Object.entries(document).flatMap(([name, part]): Array<[string, unknown]> => {
    const isSection = (sections as readonly string[]).includes(name);
    if (!isSection) return [[name, part]];
    if (typeof part !== 'object' || part === null) {
      throw new TidemarkError(
        'config-invalid',
        `configuration file ${path}: ${name} must be an object`,
      );
    }
    return Object.entries(part).map(([key, value]) => [`${name}.${key}`, value]);
  });
}

function describe(error: z.ZodError, origin: Map<string, string>): string {
  return error.issues
    .flatMap((issue) => {
      const path = issue.path.join('.');
      if (issue.code !== 'unrecognized_keys') return [{ key: path, message: issue.message }];
      const prefix = path === '' ? '' : `${path}.`;
      return issue.keys.map((key) => ({ key: `${prefix}${key}`, message: 'there is no such key' }));
    })
    .map(({ key, message }) => {
      const from = origin.get(key);
      if (from !== undefined) return `${key} (${from}): ${message}`;
      return `${key} is missing (set --${flagName(key)} or ${environmentName(key)})`;
    })
    .join('; ');
}
