/**
 * Processor time of process families, from /proc: how much of the machine a contestant took, and
 * which part of it.
 *
 * On a machine that does other things as well, time passes for many reasons; processor time a
 * record moves far less. It covers a process with its living children and those that ended and
 * were waited for (PostgreSQL's backends). Systems without /proc give empty records, and the
 * tables say nothing there.
 */
import { readFileSync } from 'node:fs';
import type { LocalEnvironment } from '../../harness/environment/local.ts';
import { descendantsOf } from '../../harness/environment/process-table.ts';

/** The kernel's USER_HZ; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;
const measuredServices: readonly string[] = ['kafka', 'clickhouse', 'postgres'];

/**
 * Fields 14 to 17 of /proc/<pid>/stat: own user and system time, and that of children waited for.
 */
function ticksOf(pid: number): { readonly own: number; readonly reaped: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { own: fields[11]! + fields[12]!, reaped: fields[13]! + fields[14]! };
  } catch (error) {
    // A child that ended between the listing and the look.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return { own: 0, reaped: 0 };
    }
    throw error;
  }
}

/** Processor seconds of a process and its children; null where the system does not tell. */
export function cpuSecondsOf(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const root = ticksOf(pid);
  const children = descendantsOf(pid).reduce((sum, child) => sum + ticksOf(child.pid).own, 0);
  return (root.own + root.reaped + children) / ticksPerSecond;
}

/**
 * Resident megabytes of a process and its children right now; null where the system does not tell.
 */
export function residentMbOf(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024;
}

export interface CpuMeter {
  /** Microseconds a record since the meter was made, by service. */
  perRecord(records: number): Record<string, number>;
}

export async function meterServices(environment: LocalEnvironment): Promise<CpuMeter> {
  const services = (await environment.status()).flatMap(({ name, pid }) =>
    pid !== null && measuredServices.includes(name) ? [{ name, pid }] : [],
  );
  const before = services.map(({ pid }) => cpuSecondsOf(pid));
  return {
    perRecord: (records) =>
      Object.fromEntries(
        services.flatMap(({ name, pid }, i) => {
          const [from, to] = [before[i]!, cpuSecondsOf(pid)];
          return from === null || to === null ? [] : [[name, ((to - from) * 1e6) / records]];
        }),
      ),
  };
}
