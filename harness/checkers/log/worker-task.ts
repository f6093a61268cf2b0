/**
 * Runs one task in a thread of its own and gives its result.
 *
 * A thread that throws, exits early or falls silent for longer than the bound becomes a named error
 * here; it cannot take the proof down with it and cannot make it wait for ever.
 */
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../system-clock.ts';
import { type LogReadCode, LogReadError, toLogReadError } from './log-error.ts';

export type WorkerMessage<Result> =
  | { readonly type: 'rows'; readonly rows: number }
  | { readonly type: 'result'; readonly result: Result }
  | {
      readonly type: 'error';
      readonly code: LogReadCode;
      readonly detail: string;
      readonly retryable: boolean;
    };

/** An error as a message, because class identity does not survive the way between threads. */
export function errorMessage(error: unknown): WorkerMessage<never> {
  const { code, detail, retryable } = toLogReadError(error);
  return { type: 'error', code, detail, retryable };
}

export interface WorkerTask {
  readonly file: URL;
  readonly data: unknown;
  readonly onRows: (rows: number) => void;
  /** Options of Node for the thread. */
  readonly execArgv?: string[];
  /** Longest time without any message. */
  readonly silenceMsMax: number;
}

const pollsPerBound = 20;

/** Rejects with a LogReadError; the thread is gone when the promise settles. */
export async function runWorker<Result>(task: WorkerTask): Promise<Result> {
  const worker = new Worker(task.file, { workerData: task.data, execArgv: task.execArgv ?? [] });
  const over = new AbortController();
  let heardMs = systemClock.monotonicMs();
  const outcome = new Promise<Result>((resolve, reject) => {
    worker.on('message', (message: WorkerMessage<Result>) => {
      heardMs = systemClock.monotonicMs();
      if (message.type === 'rows') task.onRows(message.rows);
      else if (message.type === 'result') resolve(message.result);
      else reject(new LogReadError(message.code, message.detail, message));
    });
    worker.once('error', (cause) => {
      reject(new LogReadError('READER_CRASHED', cause.message, { cause, retryable: true }));
    });
    worker.once('exit', (code) => {
      reject(new LogReadError('READER_CRASHED', `the thread ended with ${code} and no result`));
    });
  });
  const silence = async (): Promise<never> => {
    while (systemClock.monotonicMs() - heardMs < task.silenceMsMax && !over.signal.aborted) {
      await systemClock.sleep(task.silenceMsMax / pollsPerBound, over.signal);
    }
    throw new LogReadError('NO_PROGRESS', `the thread was silent for ${task.silenceMsMax} ms`);
  };
  try {
    return await Promise.race([outcome, silence()]);
  } finally {
    over.abort();
    await worker.terminate();
  }
}
