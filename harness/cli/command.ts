/**
 * What a subcommand is: a name, its options as data, and a function from parsed options to an exit
 * code.
 */
import type { ParseArgsConfig } from 'node:util';

/** pass, violated, inconclusive; a threshold missed; usage; crash. */
export const exitCodes = {
  pass: 0,
  violated: 1,
  inconclusive: 2,
  threshold: 99,
  usage: 254,
  crash: 255,
} as const;

export interface OptionHelp {
  readonly type: 'string' | 'boolean';
  /** Shown in the help; `FILE`, `N`, ... */
  readonly value?: string;
  readonly help: string;
}

/** The one argument without a name that a command takes, and needs. */
export interface OperandHelp {
  /** Shown in the help; `FILE`, `DIR`, ... */
  readonly value: string;
  readonly help: string;
}

export interface CommandContext {
  /** Given when the command takes one. */
  readonly operand: string | undefined;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Data: one JSON document with `--json`, text otherwise. */
  readonly out: (text: string) => void;
  /** Progress and remarks. */
  readonly note: (text: string) => void;
  readonly json: boolean;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionHelp>>;
  readonly operand?: OperandHelp;
  /** True for commands that hand their arguments to a service unparsed. */
  readonly raw?: (argv: readonly string[]) => Promise<number>;
  run(context: CommandContext): Promise<number>;
}

/** A mistake in how the command was called; exit code 254. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function parseOptions(command: Command): NonNullable<ParseArgsConfig['options']> {
  const common = { json: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  const own = Object.entries(command.options).map(([name, o]) => [name, { type: o.type }] as const);
  return { ...common, ...Object.fromEntries(own) };
}

export function helpText(command: Command): string {
  const { operand } = command;
  const options = [
    ...Object.entries(command.options),
    ['json', { type: 'boolean', help: 'one JSON document on stdout' }] as [string, OptionHelp],
  ].map(
    ([name, o]) =>
      [`--${name}${o.type === 'string' ? ` ${o.value ?? 'VALUE'}` : ''}`, o.help] as const,
  );
  const rows =
    operand === undefined ? options : [[operand.value, operand.help] as const, ...options];
  const width = Math.max(...rows.map(([flag]) => flag.length)) + 2;
  return [
    `tidemark ${command.name}${operand === undefined ? '' : ` ${operand.value}`}: ${command.summary}`,
    '',
    ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}${help}`),
    '',
  ].join('\n');
}

/** A whole number option; undefined when it is not given. */
export function integerOption(
  values: CommandContext['values'],
  name: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER } = {},
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(String(text)) || value < min || value > max) {
    throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not ${text}`);
  }
  return value;
}

export function stringOption(values: CommandContext['values'], name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}
