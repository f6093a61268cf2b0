/**
 * What an environment tells while it works: one event a step, for a person who waits.
 *
 * Events are data, and the command line decides how they look. They never carry a result; whoever
 * needs to know that something is ready awaits the promise that says so.
 */

export interface ProgressEvent {
  readonly phase: 'reap' | 'fetch' | 'start' | 'ready' | 'stop';
  /** Component or service, such as `kafka`. */
  readonly subject: string;
  /** One sentence without the subject: `12 of about 45 jars`. */
  readonly text: string;
  /** Milliseconds since the environment began to work. */
  readonly elapsedMs: number;
}

export type OnProgress = (event: ProgressEvent) => void;
export type Report = (phase: ProgressEvent['phase'], subject: string, text: string) => void;
