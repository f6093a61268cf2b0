/** The offload of one table against a ledger and an engine that fail in every way that matters. */
import { describe, expect, test } from 'vitest';
import { TidemarkError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Batch, Catalog, LakeEngine } from '../../ports/lake.ts';
import type { Lease, LeaseLedger, OffloadLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import { commitAttemptsMax, type LeaseCell, offloadTable } from './offload-table.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const clock: Clock = { nowMs: () => 0, monotonicMs: () => 0, sleep: async () => undefined };
const table = { catalog: 'lake', namespace: 'cold', name: 't' };
const lost = () => new TidemarkError('unknown-outcome', 'no answer');

/** A ledger with `pending` closed ranges; `append` decides what an attempt does to the batch. */
function world(append: (batch: Batch, commit: () => void, attempt: number) => void, pending = 1) {
  const log: string[] = [];
  const lease: LeaseCell = { current: { name: 'lake.cold.t', epoch: 1n, holder: 'me' } };
  let left = pending;
  let attempts = 0;
  let open: Batch | null = null;
  let state: 'open' | 'committed' | 'void' = 'open';
  const ledger: OffloadLedger & LeaseLedger = {
    acquire: async () => null,
    renew: async () => true,
    release: async () => undefined,
    heartbeat: async () => ({ members: 1, rank: 0 }),
    leave: async () => undefined,
    fence: async (held: Lease) => {
      log.push(`fence ${held.epoch}`);
      return { ...held, epoch: held.epoch + 1n };
    },
    openBatch: async () => open,
    freeze: async (held, _table, base) => {
      if (left === 0) return null;
      left -= 1;
      state = 'open';
      const ranges = [
        {
          topicId: 'x',
          partition: 0,
          offsetFirst: 0n,
          offsetLast: 9n,
          digest: { rows: 10n, sum: 1n },
        },
      ];
      return { table, batchId: 'b', epoch: held.epoch, kind: 'append', base, ranges };
    },
    freezeMaintenance: async (held, _table, base) => {
      state = 'open';
      return { table, batchId: 'm', epoch: held.epoch, kind: 'maintenance', base, ranges: [] };
    },
    reopen: async (held, batch, base) => {
      log.push(`reopen ${batch.batchId} in ${held.epoch}`);
      return { ...batch, epoch: held.epoch, base };
    },
    voidBatch: async (_held, batch) => {
      log.push(`void ${batch.batchId}`);
      state = 'void';
      open = null;
    },
    batchState: async () => state,
  };
  const engine: LakeEngine = {
    ensureTable: async () => undefined,
    append: async (batch) => {
      attempts += 1;
      log.push(`append ${batch.batchId} in ${batch.epoch}`);
      append(
        batch,
        () => {
          state = 'committed';
        },
        attempts,
      );
    },
    maintenanceDue: async () => false,
    maintain: async () => undefined,
  };
  const catalog: Catalog = {
    pointer: async () => 'base',
    create: async () => undefined,
    swing: async () => undefined,
  };
  const run = () =>
    offloadTable(
      { ledger, engine, catalog, clock, logger: silent, batchRowsMax: 100 },
      table,
      lease,
      new AbortController().signal,
    );
  return {
    run,
    log,
    lease,
    leaveOpen: (batch: Batch) => {
      open = batch;
      state = 'open';
    },
  };
}

describe('offload of one table', () => {
  test('commits what is closed and stops when nothing is left', async () => {
    const { run, log } = world((_b, commit) => commit(), 2);
    expect(await run()).toEqual({ batches: 2, rows: 20n });
    expect(log).toEqual(['append b in 1', 'append b in 1']);
  });

  test('the answer of the commit is lost after it took effect: fence, look, done, and never twice', async () => {
    const { run, log } = world((_b, commit) => {
      commit();
      throw lost();
    });
    await run();
    expect(log).toEqual(['append b in 1', 'fence 1']);
  });

  test('the commit never arrived: fence, look, and the same ranges again under the new epoch', async () => {
    const { run, log } = world((_b, commit, attempt) => {
      if (attempt === 1) throw lost();
      commit();
    });
    await run();
    expect(log).toEqual(['append b in 1', 'fence 1', 'reopen b in 2', 'append b in 2']);
  });

  test('an engine that reports success without a committed batch is not believed', async () => {
    const { run, log } = world((_b, commit, attempt) => {
      if (attempt === 2) commit();
    });
    await run();
    expect(log.filter((line) => line.startsWith('append'))).toHaveLength(2);
  });

  test('files that do not match the ledger stop the table and leave the batch open', async () => {
    const { run, log } = world(() => {
      throw new TidemarkError('digest-mismatch', 'files hold 9 rows, ledger says 10');
    });
    await expect(run()).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect(log).toEqual(['append b in 1']);
  });

  test('gives up after a bounded number of attempts', async () => {
    const { run, log } = world(() => {
      throw lost();
    });
    await expect(run()).rejects.toThrow(`${commitAttemptsMax} attempts`);
    expect(log.filter((line) => line.startsWith('append'))).toHaveLength(commitAttemptsMax);
  });

  test('a batch that a former owner left open is finished first, with its own ranges', async () => {
    const { run, log, leaveOpen } = world((_b, commit) => commit(), 0);
    leaveOpen({ table, batchId: 'old', epoch: 0n, kind: 'append', base: 'older', ranges: [] });
    await run();
    expect(log).toEqual(['reopen old in 1', 'append old in 1']);
  });

  test('maintenance that a former owner left open is given up', async () => {
    const { run, log, leaveOpen } = world((_b, commit) => commit(), 0);
    leaveOpen({ table, batchId: 'old', epoch: 0n, kind: 'maintenance', base: 'older', ranges: [] });
    await run();
    expect(log).toEqual(['void old']);
  });
});
