/**
 * One request to a service, as every simulated adapter makes it.
 *
 * A simulated service is a plain state machine without promises. What lies between it and its
 * client (delay, loss of the request or of the answer, a killed statement, a client that dies) is
 * the business of one place: whoever implements `Remote`. So the adapters stay thin, and a test can
 * use the same adapters with `directRemote`, where nothing ever goes wrong.
 */

import type { HistoryFact } from '../checkers/history/history.ts';

export interface Remote {
  /** A request whose effect happens at one moment. `step` is `<service>.<operation>`. */
  call<T>(step: string, effect: () => T): Promise<T>;
  /**
   * A statement that takes time: `begin` looks when it starts, `finish` takes effect when it ends.
   * Between the two, others may act, and the statement may be killed (then `finish` never runs).
   */
  run<A, T>(step: string, begin: () => A, finish: (started: A) => T): Promise<T>;
}

/** No network: effects happen at once, errors are thrown as they are. */
export const directRemote: Remote = {
  call: async (_step, effect) => effect(),
  run: async (_step, begin, finish) => finish(begin()),
};

/** Where simulated services write down what really happened. */
export type Observe = (fact: HistoryFact) => void;
