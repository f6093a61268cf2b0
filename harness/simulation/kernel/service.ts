/**
 * A simulated service as the network sees it: whether it answers, how patient its clients are, and
 * which of its lives a running statement belongs to.
 *
 * What the service does is a state machine elsewhere. When it goes down, statements that were
 * running are gone, and so are the connections over which they would have been answered.
 */
import type { ServiceName } from '../schedule/schedule.ts';

/** How long a client waits for an answer before its outcome is unknown, in milliseconds. */
export const clientTimeoutMs: Readonly<Record<ServiceName, number>> = {
  broker: 5_000,
  store: 60_000,
  ledger: 15_000,
  warehouse: 30_000,
};

export class Service {
  readonly name: ServiceName;
  /** Counts restarts; a statement that began in another generation never takes effect. */
  generation = 0;
  up = true;

  constructor(name: ServiceName) {
    this.name = name;
  }

  goDown(): void {
    this.up = false;
    this.generation += 1;
  }

  comeUp(): void {
    this.up = true;
  }
}
