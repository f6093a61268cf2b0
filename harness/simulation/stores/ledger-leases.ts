/**
 * Leases, members and topics of the simulated ledger.
 *
 * The statements are those of the real adapter's `leases.ts` and `ranges.ts`, and the rule of the
 * epoch is that of migrations/0003: at least one more than before, and not below the microseconds
 * of the clock. The store's own clock is the only one that counts.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { Lease, Membership } from '../../../src/pipeline/ports/ledger.ts';
import type { TopicInfo } from '../../../src/pipeline/ports/log-source.ts';
import type { LeaseRow, LedgerContext } from './ledger-state.ts';

/**
 * Simulated clocks tick in milliseconds. The microseconds, which two acquisitions on two lines of
 * time do not share, are a number that no restore takes back.
 */
function nextEpoch(context: LedgerContext, before: bigint | null): bigint {
  if (before !== null && !context.guards.epochRises) return before;
  const risen = (before ?? 0n) + 1n;
  if (!context.guards.epochTime) return risen;
  const time = BigInt(Math.floor(context.nowMs()) * 1000 + (context.epochsGiven % 1000));
  context.epochsGiven += 1;
  return time > risen ? time : risen;
}

function observeLease({ observe }: LedgerContext, lease: string, row: LeaseRow): void {
  observe({ type: 'lease', lease, epoch: Number(row.epoch), holder: row.holder });
}

/** The row, when the lease is still the caller's. */
function owned({ state, guards }: LedgerContext, lease: Lease): LeaseRow | null {
  const row = state.leases.get(lease.name);
  if (row === undefined) return null;
  if (!guards.leaseOwner) return row;
  return row.epoch === lease.epoch && row.holder === lease.holder ? row : null;
}

/** Refuses any epoch but the lease's own. */
export function requireEpoch({ state }: LedgerContext, lease: string, epoch: bigint): void {
  const current = state.leases.get(lease)?.epoch;
  if (current === epoch) return;
  throw new TidemarkError(
    'fenced',
    `tidemark: fenced, epoch ${epoch} is not the lease epoch ${current ?? '(none)'} of ${lease}`,
  );
}

/** What was promised for longer than this was promised before the clock went back. */
const lifeTimes = 3;

const isLive = (expiresAtMs: number, nowMs: number, ttlMs: number) =>
  expiresAtMs >= nowMs && expiresAtMs <= nowMs + lifeTimes * ttlMs;

export function acquire(
  context: LedgerContext,
  name: string,
  holder: string,
  ttlMs: number,
): Lease | null {
  const nowMs = context.nowMs();
  const row = context.state.leases.get(name);
  if (row === undefined) {
    const made = { epoch: nextEpoch(context, null), holder, expiresAtMs: nowMs + ttlMs };
    context.state.leases.set(name, made);
    observeLease(context, name, made);
    return { name, holder, epoch: made.epoch };
  }
  const free =
    row.holder === null || row.holder === holder || !isLive(row.expiresAtMs, nowMs, ttlMs);
  if (!free && context.guards.leaseHeld) return null;
  row.epoch = nextEpoch(context, row.epoch);
  row.holder = holder;
  row.expiresAtMs = nowMs + ttlMs;
  observeLease(context, name, row);
  return { name, holder, epoch: row.epoch };
}

/** Also one that has expired, as long as nobody else took it. */
export function renew(context: LedgerContext, lease: Lease, ttlMs: number): boolean {
  const row = owned(context, lease);
  if (row === null) return false;
  row.expiresAtMs = context.nowMs() + ttlMs;
  return true;
}

export function release(context: LedgerContext, lease: Lease): void {
  const row = owned(context, lease);
  if (row === null) return;
  row.holder = null;
  observeLease(context, lease.name, row);
}

export function fence(context: LedgerContext, lease: Lease): Lease {
  const row = owned(context, lease);
  if (row === null) {
    throw new TidemarkError('fenced', `lease ${lease.name} was lost in epoch ${lease.epoch}`);
  }
  row.epoch = nextEpoch(context, row.epoch);
  observeLease(context, lease.name, row);
  return { ...lease, epoch: row.epoch };
}

export function heartbeat(
  { state, nowMs }: LedgerContext,
  service: string,
  holder: string,
  ttlMs: number,
): Membership {
  const now = nowMs();
  let holders = state.members.get(service);
  if (holders === undefined) {
    holders = new Map();
    state.members.set(service, holders);
  }
  let members = 1;
  let rank = 0;
  for (const [other, expiresAtMs] of holders) {
    if (other === holder) continue;
    if (!isLive(expiresAtMs, now, ttlMs)) {
      holders.delete(other);
      continue;
    }
    members += 1;
    if (other < holder) rank += 1;
  }
  holders.set(holder, now + ttlMs);
  return { members, rank };
}

export function leave({ state }: LedgerContext, service: string, holder: string): void {
  state.members.get(service)?.delete(holder);
}

export function registerTopic({ state, guards }: LedgerContext, topic: TopicInfo): void {
  let known: string | undefined;
  for (const [topicId, row] of state.topics) {
    if (row.current && row.name === topic.name && topicId !== topic.topicId) known = topicId;
  }
  if (known !== undefined && guards.topicIdentity) {
    throw new TidemarkError(
      'topic-recreated',
      `topic ${topic.name} has id ${topic.topicId}, but the ledger knows it as ${known}`,
    );
  }
  if (known !== undefined || state.topics.has(topic.topicId)) return;
  state.topics.set(topic.topicId, {
    name: topic.name,
    partitions: topic.partitions,
    current: true,
  });
}
