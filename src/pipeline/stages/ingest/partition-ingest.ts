/**
 * The ingest of one partition under one lease: intent -> insert -> read back -> done, range after
 * range.
 *
 * It always begins by looking: the only range that may be written next is the ledger's open intent,
 * or, when there is none, the one that starts at the head. While a range is being written the next
 * one is already being fetched; closing a range and opening the next is one transaction. After any
 * doubt the loop starts again from the look. It ends when the signal says so (the range in hand is
 * finished first), when the lease was lost, or with an error that needs a person.
 */
import { errorCode, TidemarkError } from '../../errors.ts';
import type { PartitionKey } from '../../model/range.ts';
import { rangeName } from '../../model/range.ts';
import type { RecordBlock } from '../../model/record-block.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HotStore } from '../../ports/hot-store.ts';
import type { ClosedRange, IngestLedger, IntentRange, Lease } from '../../ports/ledger.ts';
import type { BlockLimits, LogSource, PartitionReader, TopicInfo } from '../../ports/log-source.ts';
import type { Logger } from '../../ports/logger.ts';
import { backoffMs, type RetryBudget, spend } from '../retry-budget.ts';
import { closed, completeness, intentOf, writeRange } from './range-writer.ts';
import type { Slots } from './slots.ts';

export interface PartitionIngestDeps {
  readonly source: LogSource;
  readonly store: HotStore;
  readonly ledger: IngestLedger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: BlockLimits;
  /** Bounds how many partitions write at the same time. */
  readonly writeSlots: Slots;
  /** How long one outage may last before the partition gives up. */
  readonly outageMsMax: number;
  readonly onHead: (key: PartitionKey, offsetNext: bigint) => void;
}

/** How long an idle partition goes without a look at its head. */
const idleLookMs = 10_000;

const retryable = new Set(['unknown-outcome', 'conflict', 'dependency-missing']);

/** Resolves `stopped` when the signal aborted, `lost` when a newer epoch owns the partition. */
export async function ingestPartition(
  deps: PartitionIngestDeps,
  topic: TopicInfo,
  lease: Lease,
  partition: number,
  offsetStart: bigint,
  signal: AbortSignal,
): Promise<'stopped' | 'lost'> {
  const key = { topicId: topic.topicId, partition };
  const budget: RetryBudget = { failures: 0, sinceMs: null };
  while (!signal.aborted) {
    try {
      await deps.store.fence(key, lease.epoch);
      await settleIntent(deps, topic, lease, key, signal);
      await ingestForward(deps, topic, lease, key, offsetStart, budget, signal);
    } catch (error) {
      if (signal.aborted && errorCode(error) === 'interrupted') break;
      if (errorCode(error) === 'fenced') {
        deps.logger.warn('lease.lost', { partition, epoch: lease.epoch });
        return 'lost';
      }
      if (!retryable.has(errorCode(error))) throw error;
      spend(budget, deps.clock, deps.outageMsMax, error);
      deps.logger.warn('ingest.look-again', {
        partition,
        failures: budget.failures,
        reason: String(error),
      });
      await deps.clock.sleep(backoffMs(budget), signal);
    }
  }
  return 'stopped';
}

/** Brings the ledger's open intent, if there is one, to `done`. */
async function settleIntent(
  deps: PartitionIngestDeps,
  topic: TopicInfo,
  lease: Lease,
  key: PartitionKey,
  signal: AbortSignal,
): Promise<void> {
  const intent = await deps.ledger.intent(key);
  if (intent === null) return;
  const stored = await deps.store.inspect(intent);
  const state = completeness(intent, stored);
  deps.logger.info('intent.found', { range: rangeName(intent), state, epoch: lease.epoch });
  if (state === 'complete') {
    await deps.ledger.advance(lease, key, { close: closed(intent, stored) });
    return;
  }
  const block = await deps.source.read(topic, intent, signal);
  requireSameRecords(intent, block);
  const close = await deps.writeSlots.use(() =>
    writeRange(deps.store, deps.logger, block, lease.epoch),
  );
  await deps.ledger.advance(lease, key, { close });
}

function requireSameRecords(intent: IntentRange, block: RecordBlock): void {
  if (block.rows === intent.rows && block.offsetSum === intent.offsetSum) return;
  throw new TidemarkError(
    'digest-mismatch',
    `range ${rangeName(intent)}: the log returned ${block.rows} records, but ${intent.rows} when the range was opened; ` +
      'retention or compaction has changed it. Nothing was written.',
  );
}

async function ingestForward(
  deps: PartitionIngestDeps,
  topic: TopicInfo,
  lease: Lease,
  key: PartitionKey,
  offsetStart: bigint,
  budget: RetryBudget,
  signal: AbortSignal,
): Promise<void> {
  const head = await deps.ledger.head(key, offsetStart);
  deps.onHead(key, head);
  const reader = await deps.source.reader(topic, key.partition, head);
  try {
    await pump(deps, reader, lease, key, head, offsetStart, budget, signal);
  } finally {
    await reader.close();
  }
}

/**
 * Fetches one block ahead of the one being written, and closes a range no later than it can be
 * proven.
 */
async function pump(
  deps: PartitionIngestDeps,
  reader: PartitionReader,
  lease: Lease,
  key: PartitionKey,
  headFirst: bigint,
  offsetStart: bigint,
  budget: RetryBudget,
  signal: AbortSignal,
): Promise<void> {
  let close: ClosedRange | undefined;
  let head = headFirst;
  let lookedMs = deps.clock.monotonicMs();
  let ahead = fetchAhead(reader, deps.limits, signal);
  while (!signal.aborted || close !== undefined) {
    if (close !== undefined && (signal.aborted || !ahead.settled)) {
      await advance(deps, lease, key, budget, { close });
      close = undefined;
      continue;
    }
    const block = await ahead.block;
    if (block === null || signal.aborted) {
      if (signal.aborted) continue;
      if (deps.clock.monotonicMs() - lookedMs >= idleLookMs) {
        await requireHead(deps, key, head, offsetStart);
        lookedMs = deps.clock.monotonicMs();
      }
      ahead = fetchAhead(reader, deps.limits, signal);
      continue;
    }
    ahead = fetchAhead(reader, deps.limits, signal);
    await advance(deps, lease, key, budget, { ...(close ? { close } : {}), open: intentOf(block) });
    head = block.range.offsetLast + 1n;
    lookedMs = deps.clock.monotonicMs();
    close = await deps.writeSlots.use(() =>
      writeRange(deps.store, deps.logger, block, lease.epoch),
    );
  }
}

/**
 * Who has nothing to write never asks the ledger, and would not notice that the database was
 * restored from a backup in which the head stands further back.
 */
async function requireHead(
  deps: PartitionIngestDeps,
  key: PartitionKey,
  head: bigint,
  offsetStart: bigint,
): Promise<void> {
  const found = await deps.ledger.head(key, offsetStart);
  if (found === head) return;
  throw new TidemarkError(
    'conflict',
    `the head of ${key.topicId}/${key.partition} is ${found}, and everything up to ${head} was ` +
      'closed; was the database restored? Going on from the head.',
  );
}

interface Ahead {
  settled: boolean;
  readonly block: Promise<RecordBlock | null>;
}

function fetchAhead(reader: PartitionReader, limits: BlockLimits, signal: AbortSignal): Ahead {
  const block = reader.next(limits, signal);
  const ahead: Ahead = { settled: false, block };
  const settle = () => {
    ahead.settled = true;
  };
  // The error itself is thrown where the block is awaited; here it only counts as an answer.
  block.then(settle, settle);
  return ahead;
}

async function advance(
  deps: PartitionIngestDeps,
  lease: Lease,
  key: PartitionKey,
  budget: RetryBudget,
  step: { close?: ClosedRange; open?: IntentRange },
): Promise<void> {
  await deps.ledger.advance(lease, key, step);
  if (step.close === undefined) return;
  budget.failures = 0;
  budget.sinceMs = null;
  deps.onHead(key, step.close.offsetLast + 1n);
  deps.logger.info('range.done', {
    range: rangeName(step.close),
    rows: step.close.bronze.rows,
    deadRows: step.close.deadLetters.rows,
    epoch: lease.epoch,
  });
}
