/**
 * The smallest simulated world: the kernel with its network and processes, and services that only
 * write down what reached them. Nothing of the pipeline is in it.
 */
import type { Fault, FaultPoint, ServiceName } from '../schedule/schedule.ts';
import { Actions } from './actions.ts';
import { FaultBook } from './fault-book.ts';
import { Kernel } from './kernel.ts';
import { createRemote } from './network.ts';
import type { Life } from './process.ts';
import { Recorder } from './recorder.ts';
import { Service } from './service.ts';
import { Supervisor } from './supervisor.ts';

export function fault(
  point: FaultPoint['point'],
  action: Fault['action'],
  at: Partial<FaultPoint> = {},
): Fault {
  return { at: { process: 'client', step: 'store.write', occurrence: 1, point, ...at }, action };
}

export function smallWorld(
  faults: readonly Fault[] = [],
  choices: readonly number[] = [],
  traced = false,
) {
  const kernel = new Kernel(choices);
  const { record, events } = new Recorder(kernel);
  const book = new FaultBook(faults, traced);
  const services: Record<ServiceName, Service> = {
    broker: new Service('broker'),
    store: new Service('store'),
    ledger: new Service('ledger'),
    warehouse: new Service('warehouse'),
  };
  const supervisor = new Supervisor(kernel, record);
  const happened: string[] = [];
  const note = (what: string) => happened.push(`${what} at ${kernel.nowMs}`);
  const actions = new Actions({
    kernel,
    record,
    supervisor,
    services,
    skewLedgerClock: (ms) => note(`ledger clock ${ms}`),
    onRestart: (service) => note(`${service} restarts`),
    environment: (what, n) => note(`${what} ${n}`),
  });
  const { canBite, act, isPartitioned, lateUntil } = actions;
  const network = { kernel, book, services, canBite, act, isPartitioned, lateUntil };
  const told: string[] = [];
  return {
    kernel,
    book,
    services,
    supervisor,
    actions,
    events,
    /** What took effect at a service, with its time. */
    happened,
    /** What a client learned, with its time. */
    told,
    remote: (life: Life) => createRemote(network, life),
    /** A client that makes one request and tells what came of it. */
    write:
      (step = 'store.write') =>
      async (life: Life) => {
        const effect = () => {
          note('write');
          return 'written';
        };
        const tell = (what: string) => told.push(`${what} at ${kernel.nowMs}`);
        await createRemote(network, life)
          .call(step, effect)
          .then(tell, (error: { code: string }) => tell(error.code));
      },
    runFor: (ms: number) => kernel.run(kernel.nowMs + ms, () => false),
    states: () => events.flatMap((event) => (event.type === 'process' ? [event.state] : [])),
  };
}
