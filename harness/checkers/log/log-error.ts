/**
 * What can go wrong while the log is read.
 *
 * Reading changes nothing, so a read may be tried again; `retryable` says whether that can help. An
 * error that is not retryable, or that stays after the last try, ends the pass: a log that was read
 * in part is never compared.
 */

export const logReadCodes = [
  'UNREACHABLE',
  'TIMEOUT',
  'CONNECTION_CLOSED',
  'TRUNCATED_ANSWER',
  'BROKER_ERROR',
  'CORRUPT_BATCH',
  'UNSUPPORTED',
  'TOPIC_MISSING',
  'OFFSET_TRIMMED',
  'NO_PROGRESS',
  'READER_CRASHED',
] as const;

export type LogReadCode = (typeof logReadCodes)[number];

const retryableCodes: ReadonlySet<LogReadCode> = new Set([
  'UNREACHABLE',
  'TIMEOUT',
  'CONNECTION_CLOSED',
  'TRUNCATED_ANSWER',
  'CORRUPT_BATCH',
]);

export class LogReadError extends Error {
  override readonly name = 'LogReadError';
  readonly code: LogReadCode;
  /** What happened, without the code. */
  readonly detail: string;
  readonly retryable: boolean;

  constructor(
    code: LogReadCode,
    detail: string,
    options: { cause?: unknown; retryable?: boolean } = {},
  ) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.retryable = options.retryable ?? retryableCodes.has(code);
  }
}

/** `LogReadError` as it is; anything else as a crash of the reader. */
export function toLogReadError(error: unknown): LogReadError {
  if (error instanceof LogReadError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new LogReadError('READER_CRASHED', message, { cause: error });
}
