/**
 * From findings and evidence to one verdict per guarantee, and one for all.
 *
 * A guarantee is violated when a finding of its codes exists. It is inconclusive when nothing was
 * looked at for it, or when a reader that it needs failed: then nobody knows, however clean the
 * rest is. Only what is left passes.
 */
import type { CheckResult, Verdict } from '../../experiment/journal-events.ts';
import { guaranteeOf, isViolation } from './anomaly-codes.ts';

export const guaranteeTitles = {
  G1: 'complete: every record of the log is in every layer',
  G2: 'unique: each record is in each layer once',
  G3: 'faithful: every field equals an independent decode of the record',
  G4: 'monotone: every snapshot of the lake is a duplicate-free prefix and only grows',
  G5: 'ledger: its ranges and heads agree with what the stores hold',
  G6: 'fenced: nothing of an old epoch stands behind a newer one',
} as const;

export type Guarantee = keyof typeof guaranteeTitles;

export class Evidence {
  readonly #looked = new Map<Guarantee, string[]>();
  readonly #failed = new Map<Guarantee, string[]>();

  /** Something was looked at, in numbers. */
  looked(guarantees: readonly Guarantee[], words: string): void {
    for (const guarantee of guarantees) push(this.#looked, guarantee, words);
  }

  /** Something could not be looked at, and why. */
  failed(guarantees: readonly Guarantee[], words: string): void {
    for (const guarantee of guarantees) push(this.#failed, guarantee, words);
  }

  /** One result per guarantee, in order; `totals` are exact numbers of findings by code. */
  checks(totals: ReadonlyMap<string, bigint>): readonly CheckResult[] {
    return (Object.keys(guaranteeTitles) as Guarantee[]).map((guarantee) => {
      const broken = [...totals].filter(
        ([code, count]) => count > 0n && isViolation(code) && guaranteeOf(code) === guarantee,
      );
      const looked = this.#looked.get(guarantee) ?? [];
      const failed = this.#failed.get(guarantee) ?? [];
      const counts = broken.map(([code, count]) => `${count} x ${code}`);
      const words = [...counts, ...failed, ...looked];
      return {
        guarantee,
        title: guaranteeTitles[guarantee],
        verdict: verdictOf(broken.length, failed.length, looked.length),
        evidence: words.length === 0 ? 'nothing was looked at' : words.join('; '),
      };
    });
  }
}

function verdictOf(broken: number, failed: number, looked: number): Verdict {
  if (broken > 0) return 'violated';
  return failed > 0 || looked === 0 ? 'inconclusive' : 'pass';
}

export function worstVerdict(checks: readonly CheckResult[]): Verdict {
  if (checks.some((check) => check.verdict === 'violated')) return 'violated';
  const unknown = checks.length === 0 || checks.some((check) => check.verdict === 'inconclusive');
  return unknown ? 'inconclusive' : 'pass';
}

function push(map: Map<Guarantee, string[]>, guarantee: Guarantee, words: string): void {
  map.set(guarantee, [...(map.get(guarantee) ?? []), words]);
}
