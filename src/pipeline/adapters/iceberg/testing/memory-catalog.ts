/**
 * A catalog in memory for tests, with the compare-and-swap of the real one and faults on order.
 *
 * It keeps one pointer a table. A fault says what the next swing does instead of its duty: lose the
 * answer before or after the effect, or refuse. It knows nothing of leases; `fenced` is only ever
 * planted.
 */
import { TidemarkError } from '../../../errors.ts';
import type { Batch, Catalog, LakeTable } from '../../../ports/lake.ts';

export type SwingFault = 'lost-before' | 'lost-after' | 'conflict' | 'fenced' | 'lying-conflict';

const key = (table: LakeTable) => `${table.catalog}.${table.namespace}.${table.name}`;

export class MemoryCatalog implements Catalog {
  readonly pointers = new Map<string, string>();
  readonly committed: string[] = [];
  faultNext: SwingFault | undefined;
  pointerFails = false;

  async pointer(table: LakeTable): Promise<string | null> {
    if (this.pointerFails) throw new TidemarkError('unknown-outcome', 'planted: catalog is away');
    return this.pointers.get(key(table)) ?? null;
  }

  async create(table: LakeTable, metadataLocation: string): Promise<void> {
    if (!this.pointers.has(key(table))) this.pointers.set(key(table), metadataLocation);
  }

  async swing(batch: Batch, metadataLocation: string): Promise<void> {
    const fault = this.faultNext;
    this.faultNext = undefined;
    if (fault === 'lost-before') throw new Error('planted: connection lost before the effect');
    if (fault === 'conflict' || fault === 'fenced') throw new TidemarkError(fault, 'planted');
    if (this.pointers.get(key(batch.table)) !== batch.base) {
      throw new TidemarkError('conflict', 'base moved');
    }
    this.pointers.set(key(batch.table), metadataLocation);
    this.committed.push(batch.batchId);
    if (fault === 'lost-after') throw new Error('planted: connection lost after the effect');
    if (fault === 'lying-conflict') throw new TidemarkError('conflict', 'planted after the effect');
  }
}
