/**
 * The simulated hot store: a plain state machine with the statements of the real one.
 *
 * It holds bronze and dead letters as tables of parts, the fence table and the deduplication log.
 * An insert takes time, so it has two phases: it looks (fence, offsets already there) when it
 * begins and writes when it ends, and others may act in between. A fence ends the inserts of its
 * partition that still run under its epoch or a lower one. There are no promises, no clock and no
 * network in here; whoever calls decides when a phase happens and which answer is lost. Faults are
 * single calls that set the next event or undo the last one.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { OffsetRange, PartitionKey } from '../../../src/pipeline/model/range.ts';
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import type { StoredRange } from '../../../src/pipeline/ports/hot-store.ts';
import type { HotLayer } from '../../checkers/history/history.ts';
import type { Observe } from '../remote.ts';
import type { HotStoreGuards } from './hot-store-guards.ts';
import { rowsToInsert } from './hot-store-rows.ts';
import { HotStoreTable, partitionName } from './hot-store-table.ts';
import { plainRows, type StoredRow } from './row.ts';

export interface HotStoreOptions {
  readonly observe: Observe;
  /** How many tokens a table remembers; 0: none. */
  readonly deduplicationWindow: number;
  /** Planted bugs: a guard that is `false` is switched off. */
  readonly guards?: HotStoreGuards;
}

/** An insert that has begun: what it will write when it ends. */
export interface StartedInsert {
  readonly layer: HotLayer;
  readonly key: string;
  readonly epoch: bigint;
  readonly process: string;
  readonly token: string;
  readonly rows: readonly StoredRow[];
  /** Of the machine when it began. */
  readonly generation: number;
}

const noOffsets: ReadonlySet<number> = new Set();

export class HotStoreMachine {
  /** Counts restarts; an insert that began before one never ends. */
  generation = 0;
  readonly #observe: Observe;
  readonly #guards: HotStoreGuards;
  readonly #tables: Readonly<Record<HotLayer, HotStoreTable>>;
  readonly #fences = new Map<string, bigint>();
  readonly #running = new Set<StartedInsert>();
  #dropsNext = false;
  /** Where the statement that ended last wrote something. */
  #lastWritten: HotLayer | null = null;
  #tearsNextAt: number | null = null;

  constructor({ observe, deduplicationWindow, guards = {} }: HotStoreOptions) {
    this.#observe = observe;
    this.#guards = guards;
    this.#tables = {
      bronze: new HotStoreTable(deduplicationWindow),
      'dead-letters': new HotStoreTable(deduplicationWindow),
    };
  }

  fence(key: PartitionKey, epoch: bigint): void {
    const name = partitionName(key.topicId, key.partition);
    if (epoch > (this.#fences.get(name) ?? 0n)) this.#fences.set(name, epoch);
    if (this.#guards['fence-ends-inserts'] === false) return;
    for (const one of this.#running) {
      if (one.key === name && one.epoch <= epoch) this.#running.delete(one);
    }
  }

  /** Looks; fails with `fenced` when the fence table knows a higher epoch. */
  beginInsert(
    layer: HotLayer,
    block: RecordBlock,
    epoch: bigint,
    token: string,
    process: string,
  ): StartedInsert {
    const { topicId, partition } = block.range;
    const key = partitionName(topicId, partition);
    const isFenced = (this.#fences.get(key) ?? 0n) > epoch;
    if (isFenced && this.#guards['fence-check'] !== false) {
      throw new TidemarkError('fenced', `the hot store knows a higher epoch of ${key}`);
    }
    const skips = this.#guards['skip-stored'] !== false;
    const held = skips ? this.#tables[layer].offsets(block.range) : noOffsets;
    const rows = rowsToInsert(layer, block, held, this.#guards);
    const { generation } = this;
    const whole = { layer, key, epoch, process, token, rows, generation };
    const started = this.#guards['one-block'] === false ? this.#firstHalf(whole) : whole;
    this.#running.add(started);
    return started;
  }

  /** Planted bug: the first half lands now; what is left has a token of its own. */
  #firstHalf(whole: StartedInsert): StartedInsert {
    const half = Math.ceil(whole.rows.length / 2);
    this.#write(whole, `${whole.token}/0`, whole.rows.slice(0, half), true);
    return { ...whole, token: `${whole.token}/1`, rows: whole.rows.slice(half) };
  }

  /** Writes; fails with `unknown-outcome` when the insert was ended before or is torn. */
  finishInsert(started: StartedInsert): void {
    this.#lastWritten = null;
    if (!this.#running.delete(started)) {
      throw new TidemarkError('unknown-outcome', 'the insert was ended while it ran');
    }
    if (started.rows.length === 0) return;
    const tornAt = this.#tearsNextAt;
    if (tornAt !== null) {
      this.#tearsNextAt = null;
      this.#write(started, started.token, started.rows.slice(0, tornAt), false);
      throw new TidemarkError('unknown-outcome', `the insert broke off after ${tornAt} rows`);
    }
    if (this.#dropsNext) {
      this.#dropsNext = false;
      return;
    }
    this.#write(started, started.token, started.rows, true);
  }

  #write(
    { layer, key, epoch, process }: StartedInsert,
    token: string,
    rows: readonly StoredRow[],
    remember: boolean,
  ): void {
    if (rows.length === 0) return;
    const table = this.#tables[layer];
    if (this.#guards['deduplication-token'] !== false && table.knows(token)) return;
    table.append(key, token, rows, remember);
    this.#lastWritten = layer;
    const facts = { layer, process, epoch: Number(epoch), rows: plainRows(rows) };
    this.#observe({ type: 'rows-added', ...facts });
  }

  inspect(range: OffsetRange): StoredRange {
    const exact = this.#guards['read-back-exact'] !== false;
    return {
      bronze: this.#tables.bronze.content(range, exact),
      deadLetters: this.#tables['dead-letters'].content(range, exact),
    };
  }

  /** The bronze rows of the ranges, for the lake. */
  rowsOf(ranges: readonly OffsetRange[]): readonly StoredRow[] {
    // A row that two of the ranges name is still one row.
    const rows = new Set<StoredRow>();
    for (const range of ranges) this.#tables.bronze.visit(range, (row) => rows.add(row));
    return [...rows];
  }

  /** Fault: the part written last is gone, although it was acknowledged. */
  loseLastPart(layer: HotLayer, { forgetToken }: { readonly forgetToken: boolean }): boolean {
    const part = this.#tables[layer].loseLast(forgetToken);
    if (part === null) return false;
    this.#observe({ type: 'rows-removed', layer, rows: plainRows(part.rows), why: 'part lost' });
    return true;
  }

  /** Fault: what the statement that ended last wrote is gone; nothing if it wrote nothing. */
  loseLastWrite({ forgetToken }: { readonly forgetToken: boolean }): void {
    const layer = this.#lastWritten;
    this.#lastWritten = null;
    if (layer !== null) this.loseLastPart(layer, { forgetToken });
  }

  /** Fault: the deduplication window has passed over every token. */
  forgetTokens(): void {
    for (const table of Object.values(this.#tables)) table.forgetTokens();
  }

  /** Fault: the next insert is taken for a repeated one, dropped and acknowledged. */
  dropNextAsDuplicate(): void {
    this.#dropsNext = true;
  }

  /** Fault: the next insert with rows writes only its first `rows` and ends without an answer. */
  tearNext(rows: number): void {
    this.#tearsNextAt = rows;
  }

  /** Running inserts are gone; rows and fences stay, the deduplication log if it was flushed. */
  restart({ keepTokens }: { readonly keepTokens: boolean }): void {
    this.generation += 1;
    this.#running.clear();
    if (keepTokens) return;
    this.forgetTokens();
  }
}
