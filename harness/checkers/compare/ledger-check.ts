/**
 * G5 and G6: what the ledger says is consistent in itself and agrees with what the stores hold.
 *
 * Pure functions of the ledger's rows, of the contents recomputed from the tables, and of the
 * lake's snapshots. Each part has a file of its own; this one puts them together. Open intents are
 * listed as information: a range being written is no anomaly.
 */
import type { LakeState } from '../lake/lake-state.ts';
import type { LedgerRange, LedgerState } from '../stores/ledger.ts';
import type { RangeContent } from '../stores/range-contents.ts';
import type { CodedFinding } from './finding-log.ts';
import { checkBatches } from './ledger-batches.ts';
import { checkRangeContents } from './ledger-contents.ts';
import { checkEpochs } from './ledger-epochs.ts';
import { checkHeads, checkRanges } from './ledger-ranges.ts';

export interface LedgerCheck {
  /** G5. */
  readonly findings: readonly CodedFinding[];
  /** G6. */
  readonly fencing: readonly CodedFinding[];
  readonly openIntents: readonly LedgerRange[];
}

/**
 * `contents` by range name; `lake` null when the table does not exist (then only the ledger's own
 * side is looked at).
 */
export function checkLedger(
  ledger: LedgerState,
  contents: ReadonlyMap<string, RangeContent>,
  lake: LakeState | null,
): LedgerCheck {
  return {
    findings: [
      ...checkRanges(ledger),
      ...checkHeads(ledger),
      ...checkRangeContents(ledger, contents),
      ...checkBatches(ledger, lake),
    ],
    fencing: checkEpochs(ledger, lake),
    openIntents: ledger.ranges.filter((range) => range.state === 'intent'),
  };
}
