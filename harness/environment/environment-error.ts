/**
 * What can go wrong with an environment, as one error type with a code.
 *
 * The harness does not use the pipeline's errors, because a checker that shares code with what it
 * checks proves less. A message names the thing that failed and says what to do about it; the code
 * lets a caller decide without reading prose. Nothing here retries: a code only says what kind of
 * failure it was.
 */

export const environmentErrorCodes = [
  'tool-missing',
  'platform-unsupported',
  'fetch-failed',
  'start-failed',
  'port-lost',
  'folder-closed',
  'lock-held',
  'stack-running',
  'state-invalid',
] as const;
export type EnvironmentErrorCode = (typeof environmentErrorCodes)[number];

export class EnvironmentError extends Error {
  readonly code: EnvironmentErrorCode;

  constructor(code: EnvironmentErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'EnvironmentError';
    this.code = code;
  }
}

/** True for a file system error with that code, such as `ENOENT`. */
export function isFileError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
