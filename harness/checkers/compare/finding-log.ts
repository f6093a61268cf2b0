/**
 * Collects findings within a bound, and their exact number per code without one.
 *
 * A layer can lose millions of records; a report needs the first of them and the true count of all.
 * Each code keeps its own share of the room, so that a flood of one cannot push out the only
 * witness of another.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { AnomalyCode } from './anomaly-codes.ts';

export const findingsMaxDefault = 1_000;
/** However full the log is, every code keeps at least this many findings. */
const findingsPerCodeMin = 10;

export interface CodedFinding extends Finding {
  readonly code: AnomalyCode;
}

export class FindingLog {
  readonly #findings: Finding[] = [];
  readonly #totals = new Map<string, bigint>();
  readonly #findingsMax: number;

  constructor(findingsMax: number = findingsMaxDefault) {
    this.#findingsMax = findingsMax;
  }

  /** Takes a finding, or a thunk that makes it only when there is room. */
  add(code: AnomalyCode, make: () => Omit<Finding, 'code'>): void {
    const before = this.#totals.get(code) ?? 0n;
    this.#totals.set(code, before + 1n);
    if (this.#findings.length < this.#findingsMax || before < findingsPerCodeMin) {
      this.#findings.push({ code, ...make() });
    }
  }

  addAll(findings: readonly CodedFinding[]): void {
    for (const { code, ...rest } of findings) this.add(code, () => rest);
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** Exact number of findings per code, kept or not. */
  get totals(): ReadonlyMap<string, bigint> {
    return this.#totals;
  }

  get total(): bigint {
    return [...this.#totals.values()].reduce((sum, count) => sum + count, 0n);
  }
}
