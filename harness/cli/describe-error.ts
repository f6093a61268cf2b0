/**
 * Any thrown value as one sentence and an exit code; a stack only where the error is a bug of ours.
 */
import { TidemarkError } from '../../src/pipeline/index.ts';
import { EnvironmentError } from '../environment/environment-error.ts';
import { NotARecordingError, WorkloadError } from '../workload/workload-error.ts';
import { exitCodes, UsageError } from './command.ts';

export function describeError(error: unknown): { message: string; exitCode: number } {
  if (error instanceof UsageError || error instanceof NotARecordingError) {
    return { message: error.message, exitCode: exitCodes.usage };
  }
  if (error instanceof TidemarkError) {
    const usage = error.code === 'config-invalid';
    return {
      message: `${error.code}: ${withCause(error)}`,
      exitCode: usage ? exitCodes.usage : exitCodes.crash,
    };
  }
  if (error instanceof WorkloadError) {
    const usage = error.code === 'bad-argument';
    return { message: withCause(error), exitCode: usage ? exitCodes.usage : exitCodes.crash };
  }
  if (error instanceof EnvironmentError)
    return { message: withCause(error), exitCode: exitCodes.crash };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: text, exitCode: exitCodes.crash };
}

function withCause(error: Error): string {
  const { cause } = error;
  return cause instanceof Error && !error.message.includes(cause.message)
    ? `${error.message} (${cause.message})`
    : error.message;
}
