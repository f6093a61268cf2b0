/**
 * The crash points of a run: every durable effect, each time it happens, before it, after it
 * without an answer, and after the answer.
 *
 * Nobody has to keep a list of them: a run notes the points that it comes past, and what it came
 * past can be struck. What is listed, beside the simulated services, is which steps last.
 */
import { catalogDurableSteps } from '../adapters/catalog.ts';
import { storeDurableSteps } from '../adapters/hot-store.ts';
import { warehouseDurableSteps } from '../adapters/lake-engine.ts';
import { ledgerDurableSteps } from '../adapters/ledger.ts';
import { brokerDurableSteps } from '../adapters/log-source.ts';
import type { Action, Fault, FaultPoint } from '../schedule/schedule.ts';

export const pointsOfEffect = ['before', 'applied-unanswered', 'answered'] as const;

/** Steps after which a service is not as it was. */
export const durableSteps: readonly string[] = [
  ...brokerDurableSteps,
  ...ledgerDurableSteps,
  ...storeDurableSteps,
  ...warehouseDurableSteps,
  ...catalogDurableSteps,
];

const durable: ReadonlySet<string> = new Set(durableSteps);

export const isDurable = ({ step }: FaultPoint): boolean => durable.has(step);

const crash: Action = { do: 'crash', restartMs: 300 };
const lose: Action = { do: 'lose', afterMs: 100 };

/** The process dies at the point. */
export const crashAt = (at: FaultPoint): Fault => ({ at, action: crash });

/** Crash and lost message; an answer that was received cannot be lost any more. */
export function faultsAt(at: FaultPoint): Fault[] {
  const faults = [crashAt(at)];
  if (at.point !== 'answered') faults.push({ at, action: lose });
  return faults;
}
