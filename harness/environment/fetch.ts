/**
 * Brings every component into the cache, side by side.
 *
 * All or nothing: the first that fails ends the others, and its error is the one that counts. What is already in the cache
 * costs a look at a file, and the network is not touched. Safe to interrupt and to repeat, see `cache.ts`.
 */

import { clickhouseVersion } from './clickhouse.ts';
import { installKafka, type KafkaInstall } from './kafka-install.ts';
import { installPostgres, type PostgresInstall } from './postgres-install.ts';
import type { Report } from './progress.ts';
import { installToxiproxy, type ToxiproxyInstall } from './toxiproxy-install.ts';

export interface Installed {
  readonly kafka: KafkaInstall;
  readonly postgres: PostgresInstall;
  readonly toxiproxy: ToxiproxyInstall;
}

/** Rejects with `tool-missing` or `fetch-failed`, and with the signal's reason when it was aborted. */
export async function fetchComponents(
  cache: string,
  report: Report,
  signal?: AbortSignal,
): Promise<Installed> {
  clickhouseVersion();
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const options = (subject: string) => ({
    cache,
    signal: either,
    report: (text: string) => report('fetch', subject, text),
  });
  const installs = [
    installKafka(options('kafka')),
    installPostgres(options('postgres')),
    installToxiproxy(options('toxiproxy')),
  ] as const;
  let first: unknown;
  for (const running of installs) {
    running.catch((error: unknown) => {
      first ??= error;
      failed.abort(error);
    });
  }
  await Promise.allSettled(installs);
  if (first !== undefined) throw first;
  const [kafka, postgres, toxiproxy] = await Promise.all(installs);
  return { kafka, postgres, toxiproxy };
}
