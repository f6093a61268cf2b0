/**
 * Heads of the simulated ledger: the first offset that is not closed, per layer and partition.
 *
 * They are made where a layer begins and then only move forward, by closing a range of bronze or by
 * a swing of a lake table's pointer.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { PartitionKey } from '../../../src/pipeline/model/range.ts';
import type { HeadRow, LedgerContext } from './ledger-state.ts';

/** The name of a partition's lease; the simulated tables are keyed by it. */
export const partitionName = (key: PartitionKey) => `ingest:${key.topicId}:${key.partition}`;

export const bronze = 'bronze';

function observeHead({ observe }: LedgerContext, layer: string, row: HeadRow): void {
  const { topicId, partition, offsetNext } = row;
  observe({ type: 'head', layer, topicId, partition, offsetNext: Number(offsetNext) });
}

export function headsOf({ state }: LedgerContext, layer: string): Map<string, HeadRow> {
  const known = state.heads.get(layer);
  if (known !== undefined) return known;
  const made = new Map<string, HeadRow>();
  state.heads.set(layer, made);
  return made;
}

/** The head of the layer, made at `offsetStart` when the partition is new there. */
export function headFrom(
  context: LedgerContext,
  layer: string,
  key: PartitionKey,
  offsetStart: bigint,
): HeadRow {
  const heads = headsOf(context, layer);
  const name = partitionName(key);
  const known = heads.get(name);
  if (known !== undefined) return known;
  const { topicId, partition } = key;
  const made: HeadRow = { topicId, partition, offsetStart, offsetNext: offsetStart };
  heads.set(name, made);
  observeHead(context, layer, made);
  return made;
}

/** Throws before anything of a transaction has taken effect. */
export function requireForward({ guards }: LedgerContext, row: HeadRow, offsetNext: bigint): void {
  if (offsetNext >= row.offsetNext || !guards.headForward) return;
  throw new TidemarkError('refused', 'tidemark: a head only moves forward (TM008)');
}

export function moveHead(
  context: LedgerContext,
  layer: string,
  row: HeadRow,
  offsetNext: bigint,
): void {
  row.offsetNext = offsetNext;
  observeHead(context, layer, row);
}
