/**
 * What can go wrong on the way from a file or a seed to the log, as errors with a code.
 *
 * The message says what happened and, where there is something to do, what to do.
 * `NotARecordingError` stands apart because the command line gives it an exit code of its own: the
 * input was wrong, nothing was produced. `send-unknown` is not a failure of the send: it says that
 * no answer came, so the records may or may not be in the log.
 */

export const workloadErrorCodes = [
  'bad-argument',
  'topic-missing',
  'topic-differs',
  'kafka-unreachable',
  'journal-exists',
  'journal-broken',
  'send-unknown',
  'offset-went-back',
] as const;
export type WorkloadErrorCode = (typeof workloadErrorCodes)[number];

export class WorkloadError extends Error {
  override readonly name = 'WorkloadError';
  readonly code: WorkloadErrorCode;

  constructor(code: WorkloadErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** How much of a wrong line is quoted. */
const quotedCharactersMax = 80;

export class NotARecordingError extends Error {
  override readonly name = 'NotARecordingError';
  readonly code = 'not-a-recording';
  readonly file: string;
  /** First line is 1; 0 where the file as a whole is meant (missing, empty, unreadable). */
  readonly line: number;
  readonly expected: string;
  readonly found: string;

  constructor(file: string, line: number, expected: string, found: string, cause?: unknown) {
    const quoted = found.slice(0, quotedCharactersMax);
    const place = line === 0 ? file : `${file}:${line}`;
    super(
      `${place} is not a recording: expected ${expected}, found ${quoted}`,
      cause === undefined ? undefined : { cause },
    );
    this.file = file;
    this.line = line;
    this.expected = expected;
    this.found = quoted;
  }
}
