/**
 * The command line: finds the subcommand, parses its options, runs it, and turns every ending into
 * an exit code.
 *
 * 0 pass, 1 violated, 2 inconclusive, 99 a threshold missed, 254 usage or input, 255 crash. Data
 * goes to stdout, everything else to stderr. With `--json` an error is a JSON document as well.
 */
import { parseArgs } from 'node:util';
import {
  type Command,
  type CommandContext,
  exitCodes,
  helpText,
  parseOptions,
  UsageError,
} from './command.ts';
import { commands } from './commands/index.ts';
import { describeError } from './describe-error.ts';

/** Resolves with the exit code; never rejects. */
export async function run(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  const command = commands.find((c) => c.name === name);
  const json = rest.includes('--json');
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      process.stdout.write(overview());
      return name === undefined ? exitCodes.usage : exitCodes.pass;
    }
    if (command === undefined)
      throw new UsageError(`there is no command ${name}; see tidemark help`);
    if (rest.includes('--help')) {
      process.stdout.write(helpText(command));
      return exitCodes.pass;
    }
    return command.raw === undefined
      ? await command.run(contextOf(command, rest))
      : await command.raw(rest);
  } catch (error) {
    const { message, exitCode } = describeError(error);
    process.stderr.write(`tidemark: ${message}\n`);
    if (json) process.stdout.write(`${JSON.stringify({ error: message, exitCode })}\n`);
    return exitCode;
  }
}

function contextOf(command: Command, rest: readonly string[]): CommandContext {
  const { name, operand } = command;
  const allowPositionals = operand !== undefined;
  const options = parseOptions(command);
  let values: CommandContext['values'];
  let positionals: readonly string[];
  try {
    const parsed = parseArgs({ args: [...rest], options, strict: true, allowPositionals });
    values = parsed.values as typeof values;
    positionals = parsed.positionals;
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (see tidemark ${name} --help)`);
  }
  if (operand !== undefined && positionals.length !== 1) {
    throw new UsageError(`tidemark ${name} takes one ${operand.value}, not ${positionals.length}`);
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort(new UsageError(`interrupted by ${signal}`));
      process.once(signal, () => process.exit(exitCodes.crash));
    });
  }
  return {
    operand: positionals[0],
    values,
    signal: stop.signal,
    json: values.json === true,
    out: (text) => process.stdout.write(`${text}\n`),
    note: (text) => process.stderr.write(`${text}\n`),
  };
}

function overview(): string {
  const width = Math.max(...commands.map((c) => c.name.length)) + 2;
  return [
    'tidemark: did every record get there exactly once?',
    '',
    ...commands.map((c) => `  tidemark ${c.name.padEnd(width)}${c.summary}`),
    '',
    'tidemark COMMAND --help tells the options. Exit codes: 0 pass, 1 violated, 2 inconclusive, 254 usage, 255 crash.',
    '',
  ].join('\n');
}

/** What was written has left the process; a pipe takes a large document in pieces. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

// Whoever reads may stop reading (`| head`); nothing that follows could be told.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => process.exit(exitCodes.crash));
}
// A launcher of an older Node holds an IPC channel; when it is killed, this process must not live
// on.
process.on('disconnect', () => process.exit(exitCodes.crash));
const exitCode = await run(process.argv.slice(2));
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(exitCode);
