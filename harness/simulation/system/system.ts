/**
 * What a simulated system gives the run: processes to start, a way to hurt what its services hold,
 * and an answer to the question whether everything has arrived.
 */
import type { HistoryConfiguration, HistoryFact } from '../../checkers/history/history.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Life } from '../kernel/process.ts';
import type { Service } from '../kernel/service.ts';
import type { Supervisor } from '../kernel/supervisor.ts';
import type { Remote } from '../remote.ts';
import type { EnvironmentFault, Schedule, ServiceName } from '../schedule/schedule.ts';

export interface SystemParts {
  readonly schedule: Schedule;
  readonly kernel: Kernel;
  readonly supervisor: Supervisor;
  readonly record: (fact: HistoryFact) => void;
  /** `seq` of the latest event of the history. */
  readonly historySeq: () => number;
  readonly services: Readonly<Record<ServiceName, Service>>;
  /** The network as a life of a process has it. */
  readonly remote: (life: Life) => Remote;
}

export interface SimulatedSystem {
  readonly configuration: Pick<HistoryConfiguration, 'name' | 'allowed' | 'hasLedger'>;
  /** True when the producer has come to the end of its workload. */
  workloadDone(): boolean;
  /** Per layer what is not there yet; empty when everything arrived and nothing is open. */
  behind(): readonly string[];
  skewLedgerClock(ms: number): void;
  onRestart(service: ServiceName): void;
  /** Time limits that pass while a system heals, such as those of open transactions. */
  onHeal(): void;
  environment(what: EnvironmentFault, n: number): void;
}

export type BuildSystem = (parts: SystemParts) => SimulatedSystem;
