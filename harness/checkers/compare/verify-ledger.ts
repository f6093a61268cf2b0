/**
 * Step of the proof: the ledger against itself, against bronze and dead letters, and against the
 * lake's snapshots.
 */
import { checkLedger } from './ledger-check.ts';
import type { Verification } from './verification.ts';

export async function checkLedgerStep(verification: Verification): Promise<void> {
  const { ledger, findings, evidence } = verification;
  const contents = await verification.rangeContents();
  const result = checkLedger(ledger, contents, await verification.lake());
  findings.addAll(result.findings);
  findings.addAll(result.fencing);
  const closed = ledger.ranges.length - result.openIntents.length;
  const committed = ledger.batches.filter((batch) => batch.state === 'committed').length;
  if (closed + committed === 0) return;
  evidence.looked(
    ['G5'],
    `${closed} closed ranges recomputed from the tables, ${result.openIntents.length} open, ` +
      `${ledger.heads.length} heads, ${committed} committed batches`,
  );
  const epochs = new Set([...ledger.ranges, ...ledger.batches].map((entry) => entry.epoch));
  evidence.looked(
    ['G6'],
    `epochs of ${closed} ranges and ${committed} batches (${epochs.size} different) never fall`,
  );
}
