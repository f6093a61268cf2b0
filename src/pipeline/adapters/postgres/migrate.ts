/**
 * Versioned migrations: every file of migrations/ is applied once, in order, each in one
 * transaction.
 *
 * The checksum of an applied file is kept; a file that was changed afterwards is refused by name,
 * because a ledger whose rules nobody can tell is no ledger. An advisory lock lets several services
 * start at once. `checkGuards` refuses to run when a guard trigger is missing or disabled.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TidemarkError } from '../../errors.ts';
import type { Database } from './connection.ts';

const folder = join(import.meta.dirname, 'migrations');
const lockKey = 7_146_123_905;

export async function migrate(database: Database): Promise<void> {
  const files = (await readdir(folder)).filter((name) => /^\d{4}-.*\.sql$/.test(name)).sort();
  await database.transaction(async (query) => {
    await query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
    await query(`CREATE TABLE IF NOT EXISTS tidemark_migration (
      name text primary key, sha256 text not null, applied_at timestamptz not null default now())`);
    const applied = new Map(
      (await query('SELECT name, sha256 FROM tidemark_migration')).map((r) => [r.name, r.sha256]),
    );
    for (const name of files) {
      const sql = await readFile(join(folder, name), 'utf8');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      const before = applied.get(name);
      if (before === sha256) continue;
      if (before !== undefined) {
        throw new TidemarkError(
          'migration-mismatch',
          `migration ${name} was changed after it had been applied; restore the file and put the change into a new one`,
        );
      }
      await query(sql);
      await query('INSERT INTO tidemark_migration (name, sha256) VALUES ($1, $2)', [name, sha256]);
    }
  });
}

const guards: ReadonlyArray<readonly [table: string, trigger: string]> = [
  ['tidemark.lease', 'tidemark_before_lease'],
  ['tidemark.range', 'tidemark_before_range'],
  ['tidemark.head', 'tidemark_before_head'],
  ['tidemark.batch', 'tidemark_before_batch'],
  ['tidemark.batch_range', 'tidemark_before_batch_range'],
  ['iceberg_tables', 'tidemark_before_swing'],
  ['iceberg_tables', 'tidemark_after_swing'],
  ['iceberg_tables', 'tidemark_key'],
  ['iceberg_tables', 'tidemark_rename'],
];

export async function checkGuards(database: Database): Promise<void> {
  const enabled = new Set(
    (
      await database.query(
        `SELECT tgrelid::regclass::text AS "table", tgname FROM pg_trigger
         WHERE tgname LIKE 'tidemark%' AND tgenabled IN ('O', 'A')`,
      )
    ).map((r) => `${r.table} ${r.tgname}`),
  );
  for (const [table, trigger] of guards) {
    if (!enabled.has(`${table} ${trigger}`)) {
      throw new TidemarkError(
        'table-invalid',
        `guard trigger ${trigger} on ${table} is missing or disabled; before anything may write, ` +
          `enable it: ALTER TABLE ${table} ENABLE TRIGGER ${trigger}`,
      );
    }
  }
}
