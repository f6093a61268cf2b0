/** Structured logs: one JSON object a line on a stream, 64-bit numbers as strings. */
import { TidemarkError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Facts, Logger } from '../../ports/logger.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LineSink {
  write(line: string): unknown;
}

export function createJsonLogger(
  sink: LineSink,
  clock: Clock,
  level: LogLevel,
  base: Facts = {},
): Logger {
  const lowest = logLevels.indexOf(level);
  const emit = (at: LogLevel, event: string, facts: Facts = {}) => {
    if (logLevels.indexOf(at) < lowest) return;
    const line = { at: new Date(clock.nowMs()).toISOString(), level: at, event, ...base, ...facts };
    sink.write(
      `${JSON.stringify(line, (_key, v) => (typeof v === 'bigint' ? v.toString() : v))}\n`,
    );
  };
  return {
    debug: (event, facts) => emit('debug', event, facts),
    info: (event, facts) => emit('info', event, facts),
    warn: (event, facts) => emit('warn', event, facts),
    error: (event, error, facts) =>
      emit('error', event, {
        ...facts,
        code: error instanceof TidemarkError ? error.code : 'unexpected',
        message: error instanceof Error ? error.message : String(error),
        // An error of ours says what to do; a stack helps only with one that nobody expected.
        stack: error instanceof TidemarkError ? undefined : (error as Partial<Error>)?.stack,
      }),
  };
}
