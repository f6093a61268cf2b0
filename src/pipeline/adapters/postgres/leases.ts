/**
 * Leases with epochs: one row a lease, and the database's clock is the only one that counts.
 *
 * The statements ask for one epoch more; a trigger (migrations/0003) makes it carry the time, so
 * that no epoch is handed out again after a restore.
 */
import { TidemarkError } from '../../errors.ts';
import type { Lease, LeaseLedger } from '../../ports/ledger.ts';
import type { Database } from './connection.ts';

const milliseconds = (ms: string) => `make_interval(secs => ${ms}::float8 / 1000)`;

/**
 * What was promised for longer than this many lifetimes was promised before the database's clock
 * went back. Believing it would leave a dead owner's partition alone for as long as the clock
 * jumped; not believing it costs a live one a hand-over at most.
 */
const lifeTimes = 3;

const isLive = `expires_at BETWEEN clock_timestamp() AND clock_timestamp() + ${lifeTimes} * ${milliseconds('$3')}`;

export function createLeaseLedger(database: Database): LeaseLedger {
  return {
    acquire: async (name, holder, ttlMs) => {
      const rows = await database.query(
        `INSERT INTO tidemark.lease AS l (lease, epoch, holder, expires_at)
         VALUES ($1, 1, $2, clock_timestamp() + ${milliseconds('$3')})
         ON CONFLICT (lease) DO UPDATE SET epoch = l.epoch + 1, holder = $2,
           expires_at = clock_timestamp() + ${milliseconds('$3')}
         WHERE l.holder IS NULL OR l.holder = $2 OR l.expires_at < clock_timestamp()
           OR l.expires_at > clock_timestamp() + ${lifeTimes} * ${milliseconds('$3')}
         RETURNING epoch`,
        [name, holder, ttlMs],
      );
      const row = rows[0];
      return row === undefined ? null : { name, holder, epoch: row.epoch as bigint };
    },
    renew: async (lease, ttlMs) => {
      const rows = await database.query(
        `UPDATE tidemark.lease SET expires_at = clock_timestamp() + ${milliseconds('$4')}
         WHERE lease = $1 AND epoch = $2 AND holder = $3 RETURNING epoch`,
        [lease.name, lease.epoch, lease.holder, ttlMs],
      );
      return rows.length === 1;
    },
    release: async (lease) => {
      await database.query(
        `UPDATE tidemark.lease SET holder = NULL, expires_at = NULL WHERE lease = $1 AND epoch = $2 AND holder = $3`,
        [lease.name, lease.epoch, lease.holder],
      );
    },
    fence: (lease) => fence(database, lease),
    heartbeat: async (service, holder, ttlMs) => {
      const rows = await database.query(
        `WITH gone AS (DELETE FROM tidemark.member WHERE service = $1 AND holder <> $2
           AND NOT (${isLive})),
         mine AS (INSERT INTO tidemark.member (service, holder, expires_at)
           VALUES ($1, $2, clock_timestamp() + ${milliseconds('$3')})
           ON CONFLICT (service, holder) DO UPDATE SET expires_at = excluded.expires_at)
         SELECT count(*) AS others, count(*) FILTER (WHERE holder < $2) AS before FROM tidemark.member
           WHERE service = $1 AND holder <> $2 AND ${isLive}`,
        [service, holder, ttlMs],
      );
      return { members: Number(rows[0]!.others) + 1, rank: Number(rows[0]!.before) };
    },
    leave: async (service, holder) => {
      await database.query(`DELETE FROM tidemark.member WHERE service = $1 AND holder = $2`, [
        service,
        holder,
      ]);
    },
  };
}

/**
 * The update waits for swings in flight, so afterwards nothing of the old epoch can take effect.
 */
async function fence(database: Database, lease: Lease): Promise<Lease> {
  const rows = await database.query(
    `UPDATE tidemark.lease SET epoch = epoch + 1 WHERE lease = $1 AND epoch = $2 AND holder = $3 RETURNING epoch`,
    [lease.name, lease.epoch, lease.holder],
  );
  const row = rows[0];
  if (row === undefined) {
    throw new TidemarkError('fenced', `lease ${lease.name} was lost in epoch ${lease.epoch}`);
  }
  return { ...lease, epoch: row.epoch as bigint };
}
