/**
 * Every checker of histories, in the order of a judgement: the way that a record takes.
 *
 * The checkers of the lake are asked about runs that have one: those with a ledger, which promise
 * it, and those in which a pointer ever moved.
 */
import type { HistoryChecker } from './checker.ts';
import { derivedCandles } from './derived-candles.ts';
import type { History } from './history.ts';
import { lakeFileOnce } from './lake-file-once.ts';
import { lakeLineage } from './lake-lineage.ts';
import { lakePrefix } from './lake-prefix.ts';
import { lakeReferences } from './lake-references.ts';
import { lakeStats } from './lake-stats.ts';
import { ledgerBatches } from './ledger-batches.ts';
import { ledgerContents } from './ledger-contents.ts';
import { ledgerEpochs } from './ledger-epochs.ts';
import { ledgerHeads } from './ledger-heads.ts';
import { ledgerRanges } from './ledger-ranges.ts';
import { ledgerTopics } from './ledger-topics.ts';
import { logDuplicateWrite } from './log-duplicate-write.ts';
import { logInconsistentOffset } from './log-inconsistent-offset.ts';
import { logLostWrite } from './log-lost-write.ts';
import { logPollInside } from './log-poll-inside.ts';
import { logPollOrder } from './log-poll-order.ts';
import { logReadCommitted } from './log-read-committed.ts';
import { logSendInside } from './log-send-inside.ts';
import { logSendOrder } from './log-send-order.ts';
import { logUnseen } from './log-unseen.ts';
import { logWriteCycles } from './log-write-cycles.ts';
import { rowsComplete } from './rows-complete.ts';
import { rowsFaithful } from './rows-faithful.ts';
import { rowsKnown } from './rows-known.ts';
import { rowsUnique } from './rows-unique.ts';
import { runConverged } from './run-converged.ts';
import { runFaults } from './run-faults.ts';
import { runHealed } from './run-healed.ts';
import { runRecovery } from './run-recovery.ts';
import { runSubstance } from './run-substance.ts';
import { sourceDuplicate } from './source-duplicate.ts';
import { sourceGap } from './source-gap.ts';
import { sourceOrder } from './source-order.ts';

const lakeCheckers = [lakePrefix, lakeFileOnce, lakeReferences, lakeLineage, lakeStats].map(
  (checker): HistoryChecker => ({ ...checker, applies: hasLake }),
);

function hasLake({ configuration, events }: History): boolean {
  return configuration.hasLedger || events.some(({ type }) => type === 'swing');
}

export const allCheckers: readonly HistoryChecker[] = [
  logLostWrite,
  logDuplicateWrite,
  logInconsistentOffset,
  logUnseen,
  logReadCommitted,
  logPollOrder,
  logPollInside,
  logSendOrder,
  logSendInside,
  logWriteCycles,
  sourceDuplicate,
  sourceGap,
  sourceOrder,
  rowsComplete,
  rowsUnique,
  rowsKnown,
  rowsFaithful,
  ledgerRanges,
  ledgerHeads,
  ledgerContents,
  ledgerEpochs,
  ledgerBatches,
  ledgerTopics,
  ...lakeCheckers,
  derivedCandles,
  runConverged,
  runRecovery,
  runFaults,
  runHealed,
  runSubstance,
];
