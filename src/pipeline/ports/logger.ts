/** Structured logs: one event name, flat facts. An adapter writes one JSON object a line. */
export type Facts = Readonly<Record<string, string | number | bigint | boolean | null | undefined>>;

export interface Logger {
  debug(event: string, facts?: Facts): void;
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  error(event: string, error: unknown, facts?: Facts): void;
}
