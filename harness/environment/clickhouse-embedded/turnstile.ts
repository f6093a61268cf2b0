/**
 * Lets a bounded number of requests in and a smaller number run.
 *
 * Each request takes a ticket when it arrives, before its body is read; when all tickets are out it
 * is turned away at once instead of being kept in a queue without end. A ticket then waits for one
 * of the lanes, first come first served. A client that goes away while it waits gives its place up
 * without ever running. The turnstile knows nothing about queries.
 */

export interface Ticket {
  /** Waits for a lane; rejects with the signal's reason when it aborts first. */
  lane(signal: AbortSignal): Promise<void>;
  /** Gives the ticket, and the lane if it has one, back; safe to repeat. */
  leave(): void;
}

export interface Turnstile {
  /** A ticket, or null when lanes and waiting room are full. */
  admit(): Ticket | null;
  counts(): Counts;
}

/** Requests with a ticket, by what they do. */
export interface Counts {
  /** They still send their body. */
  readonly arriving: number;
  /** They wait for a lane. */
  readonly waiting: number;
  /** They have a lane. */
  readonly running: number;
}

/** `lanes` requests run, `waitingMax` more may hold a ticket. */
export function createTurnstile(lanes: number, waitingMax: number): Turnstile {
  let ticketsOut = 0;
  let lanesFree = lanes;
  const queue: (() => void)[] = [];

  const freeLane = () => {
    const next = queue.shift();
    if (next === undefined) lanesFree += 1;
    else next();
  };

  const waitForLane = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', drop);
        resolve();
      };
      const drop = () => {
        queue.splice(queue.indexOf(go), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', drop, { once: true });
      queue.push(go);
    });

  const admit = (): Ticket | null => {
    if (ticketsOut >= lanes + waitingMax) return null;
    ticketsOut += 1;
    let onLane = false;
    let left = false;
    return {
      lane: async (signal) => {
        signal.throwIfAborted();
        if (lanesFree > 0) lanesFree -= 1;
        else await waitForLane(signal);
        onLane = true;
      },
      leave: () => {
        if (left) return;
        left = true;
        ticketsOut -= 1;
        if (onLane) freeLane();
      },
    };
  };

  const counts = () => {
    const waiting = queue.length;
    const running = lanes - lanesFree;
    return { arriving: ticketsOut - waiting - running, waiting, running };
  };
  return { admit, counts };
}
