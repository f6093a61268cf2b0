/**
 * The foil's progress: one row a table in Postgres, as `offload_watermarks` has it.
 *
 * The mark is a time of the exchange and no identity, it is written in a commit of its own after
 * the append, and the UPDATE has no `>` in its WHERE: whoever writes last is right. Nothing locks a
 * row that is `running`; the status is for people to look at. An operator may set every mark back.
 */
import type { Observe } from '../simulation/remote.ts';

export type WatermarkStatus = 'initialized' | 'running' | 'success' | 'failed';

export interface Watermark {
  /** Milliseconds since 1970, exchange time: everything up to it counts as copied. */
  at: number;
  /** Rows of the last run that wrote the mark. */
  rows: number;
  status: WatermarkStatus;
  failures: number;
}

/** 2000-01-01T00:00:00Z: where a mark begins, and where operators set it back to. */
export const watermarkStartMs = 946_684_800_000;

export class Watermarks {
  readonly #observe: Observe;
  readonly #rows = new Map<string, Watermark>();

  constructor(observe: Observe, tables: readonly string[]) {
    this.#observe = observe;
    for (const table of tables) {
      this.#rows.set(table, { at: watermarkStartMs, rows: 0, status: 'initialized', failures: 0 });
    }
  }

  read(table: string): Readonly<Watermark> {
    return { ...this.#row(table) };
  }

  /** An UPDATE without a condition: a table that is running already is running once more. */
  markRunning(table: string): void {
    this.#row(table).status = 'running';
  }

  markFailed(table: string): void {
    const row = this.#row(table);
    row.status = 'failed';
    row.failures += 1;
  }

  /** An UPDATE without a condition: an older mark replaces a newer one. */
  write(table: string, at: number, rows: number): void {
    const row = this.#row(table);
    Object.assign(row, { at, rows, status: 'success', failures: 0 });
    this.#observe({ type: 'watermark', table, at });
  }

  /** What the runbooks call recovery. */
  reset(): void {
    for (const [table, row] of this.#rows) {
      row.at = watermarkStartMs;
      row.status = 'initialized';
      this.#observe({ type: 'watermark', table, at: watermarkStartMs });
    }
  }

  /** A copy of the rows, and the same rows back. */
  backup(): ReadonlyMap<string, Watermark> {
    return new Map([...this.#rows].map(([table, row]) => [table, { ...row }]));
  }

  restore(backup: ReadonlyMap<string, Watermark>): void {
    for (const [table, row] of backup) {
      this.#rows.set(table, { ...row });
      this.#observe({ type: 'watermark', table, at: row.at });
    }
  }

  #row(table: string): Watermark {
    const row = this.#rows.get(table);
    if (row === undefined) throw new RangeError(`there is no watermark of ${table}`);
    return row;
  }
}
