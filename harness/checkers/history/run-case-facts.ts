/** Short names for what happens to a run as a whole, for the cases of its checkers. */
import { Plan } from './case-builder.ts';
import type { History, HistoryConfiguration, HistoryFact, RunEvent } from './history.ts';

/** A history of these facts alone, one every ten milliseconds. */
export const run = (
  facts: readonly HistoryFact[],
  configuration: Partial<HistoryConfiguration> = {},
): History => new Plan(facts).history(configuration);

type Phase = Extract<RunEvent, { type: 'phase' }>['phase'];

export const phase = (name: Phase): HistoryFact => ({ type: 'phase', phase: name });

export const fault = (number: number, state: 'bit' | 'healed'): HistoryFact => ({
  type: 'fault',
  fault: number,
  state,
});

export const drained = (
  tookMs: number,
  boundMs: number,
  behind: readonly string[] = [],
): HistoryFact => ({ type: 'drained', boundMs, tookMs, behind });

export const failed = (process: string, code = 'conflict'): HistoryFact => ({
  type: 'service-failed',
  process,
  code,
  message: 'it went wrong',
});

export const started = (process: string): HistoryFact => ({
  type: 'process',
  process,
  state: 'started',
});

export const anomaly = (code: string) => ({ code, at: null });
