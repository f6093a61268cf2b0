/**
 * What the conformance suite of ledger and catalog needs of a database, real or simulated.
 *
 * The suite speaks to both through the ports; `outsider` is what an operator or a stock writer does
 * past them. Each test opens an empty database, so none depends on another. `wait` is real time
 * for a real database and virtual for the simulated one. The helpers make values, and turn what a
 * call answers into something that can be compared.
 */
import { errorCode } from '../../../src/pipeline/errors.ts';
import type { PartitionKey } from '../../../src/pipeline/model/range.ts';
import type { Catalog, LakeTable } from '../../../src/pipeline/ports/lake.ts';
import type {
  ClosedRange,
  IntentRange,
  Lease,
  Ledger,
} from '../../../src/pipeline/ports/ledger.ts';

export interface Outsider {
  /** A stock writer's swing; false when nothing matched and no error was raised. */
  swing(table: LakeTable, from: string, to: string, epoch: bigint | null): Promise<boolean>;
  create(table: LakeTable, location: string): Promise<void>;
  drop(table: LakeTable): Promise<void>;
  setHead(layer: string, key: PartitionKey, offsetNext: bigint): Promise<void>;
  retireTopic(topicId: string): Promise<void>;
}

export interface LedgerGround {
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly outsider: Outsider;
  wait(ms: number): Promise<void>;
  /** Takes a backup, of which there is one at a time; the answer restores it. */
  backup(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export type OpenGround = () => Promise<LedgerGround>;

/** The ground of the test that runs. */
export type EachGround = () => LedgerGround;

export const topicId = '6d7a0f0e-3b53-4a39-9d2f-0c6a5d1f7a11';
export const table: LakeTable = { catalog: 'lake', namespace: 'cold', name: 'bronze_trades' };
export const lakeLease = 'lake.cold.bronze_trades';
/** Long enough for no test to see its end. */
export const longMs = 60_000;
/** Short enough to wait for its end; `afterShortMs` is past it. */
export const shortMs = 250;
export const afterShortMs = 400;

export const keyOf = (partition: number): PartitionKey => ({ topicId, partition });
export const leaseOf = (partition: number) => `ingest:${topicId}:${partition}`;

/** `rows` records from `first` on, with no holes unless `last` says so. */
export function opening(
  partition: number,
  first: number | bigint,
  rows: number,
  last = BigInt(first) + BigInt(rows) - 1n,
): IntentRange {
  const offsetSum = (BigInt(rows) * (BigInt(rows) - 1n)) / 2n;
  return { ...keyOf(partition), offsetFirst: BigInt(first), offsetLast: last, rows, offsetSum };
}

export function closing(
  range: IntentRange,
  deadRows = 0,
  sum = range.offsetFirst + 7n,
): ClosedRange {
  const { topicId: topic, partition, offsetFirst, offsetLast, rows } = range;
  const bronze = { rows: BigInt(rows - deadRows), sum };
  const deadLetters = { rows: BigInt(deadRows), sum: BigInt(deadRows) };
  return { topicId: topic, partition, offsetFirst, offsetLast, bronze, deadLetters };
}

/** The code of the refusal, or `done`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  return await call.then(() => 'done', errorCode);
}

export async function take(ground: LedgerGround, name: string, holder = 'owner'): Promise<Lease> {
  const lease = await ground.ledger.acquire(name, holder, longMs);
  if (lease === null) throw new Error(`somebody holds ${name}`);
  return lease;
}

/** The lease of a partition whose head stands at `start`. */
export async function partitionAt(
  ground: LedgerGround,
  partition: number,
  start = 0n,
): Promise<Lease> {
  await ground.ledger.head(keyOf(partition), start);
  return await take(ground, leaseOf(partition));
}

/** Opens and closes one range after another, each with so many rows, from the head on. */
export async function closeRanges(
  ground: LedgerGround,
  lease: Lease,
  partition: number,
  rows: readonly number[],
  deadRows = 0,
): Promise<readonly ClosedRange[]> {
  const closed: ClosedRange[] = [];
  for (const count of rows) {
    const head = await ground.ledger.head(keyOf(partition), 0n);
    const open = opening(partition, head, count, head + BigInt(Math.max(count, 1)) - 1n);
    await ground.ledger.advance(lease, keyOf(partition), { open });
    const close = closing(open, deadRows);
    await ground.ledger.advance(lease, keyOf(partition), { close });
    closed.push(close);
  }
  return closed;
}

/** A table at `base` under a lease, with closed ranges of so many rows in each partition. */
export async function lakeWith(
  ground: LedgerGround,
  ranges: ReadonlyArray<readonly number[]>,
  base = 'base-0',
): Promise<Lease> {
  for (const [partition, rows] of ranges.entries()) {
    await closeRanges(ground, await partitionAt(ground, partition), partition, rows);
  }
  const lease = await take(ground, lakeLease);
  await ground.catalog.create(table, base);
  return lease;
}
