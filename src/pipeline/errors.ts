/**
 * The one error type that crosses a boundary of the pipeline.
 *
 * A code says what kind of thing happened, so that a caller can decide without reading prose.
 * `unknown-outcome` is a code of its own: a request was sent and its answer did not come, so it
 * neither succeeded nor failed until somebody has looked at the table. A message names the thing
 * and says what to do.
 */

export const errorCodes = [
  'config-invalid',
  'dependency-missing',
  'unknown-outcome',
  'fenced',
  'conflict',
  'digest-mismatch',
  'offset-out-of-range',
  'topic-recreated',
  'topic-missing',
  'table-invalid',
  'migration-mismatch',
  'refused',
  'interrupted',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface ErrorDetail {
  readonly cause?: unknown;
  /** Facts for the log line: offsets, epochs, names. */
  readonly facts?: Readonly<Record<string, string | number | bigint | boolean | null>>;
}

export class TidemarkError extends Error {
  readonly code: ErrorCode;
  readonly facts: NonNullable<ErrorDetail['facts']>;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? {} : { cause: detail.cause });
    this.name = 'TidemarkError';
    this.code = code;
    this.facts = detail.facts ?? {};
  }
}

/**
 * The code of any thrown value; everything that is not ours is an unknown outcome, never a guess.
 */
export function errorCode(error: unknown): ErrorCode {
  return error instanceof TidemarkError ? error.code : 'unknown-outcome';
}
