/**
 * The proof: producer = log = bronze + dead letters = lake, by readers that share no code with the
 * writers.
 *
 * It reads the ledger first, then the log, then every store, and compares each layer with the log
 * up to the layer's head (or to the end, where the caller expects everything to have arrived). Then
 * it proves the ledger against the stores and the lake's snapshots against the ledger. A step that
 * fails does not end the others: what it would have shown becomes inconclusive, with the reason.
 * Events go out as they are known; warnings and facts about the source stand in the evidence of the
 * checks, because a `finding` event means that something is wrong.
 */
import type {
  CheckResult,
  Finding,
  JournalEvent,
  LayerResult,
  Verdict,
} from '../experiment/journal-events.ts';
import { isViolation } from './compare/anomaly-codes.ts';
import { FindingLog } from './compare/finding-log.ts';
import { Evidence, type Guarantee, worstVerdict } from './compare/guarantees.ts';
import { openVerification, type Verification, type VerifyOptions } from './compare/verification.ts';
import { checkLakeStep, compareLakeStep } from './compare/verify-lake.ts';
import { checkLedgerStep } from './compare/verify-ledger.ts';
import { compareLogStep } from './compare/verify-log.ts';
import { compareProducerStep } from './compare/verify-producer.ts';

export type { VerifyOptions } from './compare/verification.ts';

export interface VerifyResult {
  readonly verdict: Verdict;
  readonly layers: readonly LayerResult[];
  readonly checks: readonly CheckResult[];
  /** Violations and warnings; at most `findingsMaxDefault`. */
  readonly findings: readonly Finding[];
  /** Exact number per code, also of what `findings` had no room for. */
  readonly totals: ReadonlyMap<string, bigint>;
}

/** Rejects only when nothing at all can be looked at: no ledger, no such topic. */
export async function verify(
  options: VerifyOptions,
  emit: (event: JournalEvent) => void,
  onProgress: (text: string) => void = () => {},
): Promise<VerifyResult> {
  const layers: LayerResult[] = [];
  const findings = new FindingLog();
  const evidence = new Evidence();
  const verification = await openVerification(options, {
    findings,
    evidence,
    onProgress,
    emit,
    addLayer(layer) {
      layers.push(layer);
      emit({ type: 'layer', layer });
    },
  });
  try {
    await step(verification, 'log and stores', ['G1', 'G2', 'G3'], compareLogStep);
    await step(verification, 'producer', ['G1', 'G3'], compareProducerStep);
    await step(verification, 'ledger', ['G5', 'G6'], checkLedgerStep);
    await step(verification, 'rows of the lake', ['G1', 'G2', 'G3'], compareLakeStep);
    await step(verification, 'snapshots of the lake', ['G4'], checkLakeStep);
  } finally {
    await verification.close();
  }
  for (const finding of findings.findings) {
    if (isViolation(finding.code)) emit({ type: 'finding', finding });
  }
  const checks = evidence.checks(findings.totals);
  for (const check of checks) emit({ type: 'check', check });
  const verdict = worstVerdict(checks);
  return { verdict, layers, checks, findings: findings.findings, totals: findings.totals };
}

/** A failure becomes evidence of not knowing. */
async function step(
  verification: Verification,
  name: string,
  guarantees: readonly Guarantee[],
  run: (verification: Verification) => Promise<void>,
): Promise<void> {
  verification.onProgress(name);
  try {
    await run(verification);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    verification.evidence.failed(guarantees, `${name} could not be checked: ${reason}`);
  }
}
