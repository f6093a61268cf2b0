/**
 * The one error that the server answers with, and the status that a ClickHouse error code gets.
 *
 * Clients decide by three things: the status, the `X-ClickHouse-Exception-Code` header, and the
 * text `Code: N. DB::Exception: ... (NAME)`. All three are made here, so that an error of the
 * engine and a refusal of this front look the same. The statuses follow ClickHouse's own mapping:
 * 400 for what the writer of the query got wrong, 404 for a name that does not exist, 403 for a
 * wrong user, 500 for all else. What this front can't do is code 48 NOT_IMPLEMENTED with status
 * 501.
 */

export class ServerError extends Error {
  readonly code: number;
  readonly status: number;

  constructor(code: number, status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServerError';
    this.code = code;
    this.status = status;
  }
}

/** Codes by status; every other code is 500. */
const codesByStatus: ReadonlyMap<number, readonly number[]> = new Map([
  // Bad arguments, unparsable values, duplicate or missing columns, syntax.
  [400, [6, 8, 15, 25, 26, 27, 36, 38, 41, 43, 44, 53, 62, 69, 72, 117, 168, 427, 441, 675, 676]],
  [401, [194]],
  [403, [192, 193, 497, 512, 516]],
  // Unknown table, database, function, identifier, type, setting, format, engine, role.
  [404, [35, 46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 336, 511]],
  [408, [159]],
  [413, [446]],
  [501, [48]],
  [503, [76, 202, 209, 439]],
]);

const statusByCode = new Map(
  [...codesByStatus].flatMap(([status, codes]) => codes.map((code) => [code, status] as const)),
);

/** The HTTP status for a ClickHouse error code. */
export function statusOfCode(code: number): number {
  return statusByCode.get(code) ?? 500;
}

/** ClickHouse's code for an exception that carries none of its own. */
const codeOfForeignError = 1001;

/** A refusal of this front, worded the way the engine words its errors. */
export function refuse(code: number, name: string, sentence: string): ServerError {
  return new ServerError(
    code,
    statusOfCode(code),
    `Code: ${code}. DB::Exception: ${sentence} (${name})`,
  );
}

/** What the front does not do, by name: status 501. */
export function notImplemented(what: string, instead: string): ServerError {
  return refuse(48, 'NOT_IMPLEMENTED', `The embedded server does not support ${what}. ${instead}`);
}

/** Any thrown value as the error to answer with; the engine's messages keep their words. */
export function asServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = /^Code: (\d+)\. /.exec(message)?.[1];
  if (code !== undefined) {
    return new ServerError(Number(code), statusOfCode(Number(code)), message, { cause: error });
  }
  const text = `Code: ${codeOfForeignError}. DB::Exception: ${message} (STD_EXCEPTION)`;
  return new ServerError(codeOfForeignError, 500, text, { cause: error });
}
