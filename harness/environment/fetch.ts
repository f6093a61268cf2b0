/**
 * Brings every component into the cache, side by side.
 *
 * What is already in the cache costs a look at a file, and the network is not touched. Safe to
 * interrupt and to repeat, and for several processes at once, see `cache.ts`.
 */

import { clickhouseVersion } from './clickhouse.ts';
import { installKafka, type KafkaInstall } from './kafka-install.ts';
import { installPostgres, type PostgresInstall } from './postgres-install.ts';
import type { Report } from './progress.ts';
import { sideBySide } from './side-by-side.ts';
import { installToxiproxy, type ToxiproxyInstall } from './toxiproxy-install.ts';

export interface Installed {
  readonly kafka: KafkaInstall;
  readonly postgres: PostgresInstall;
  readonly toxiproxy: ToxiproxyInstall;
}

/**
 * Rejects with `tool-missing` or `fetch-failed`, and with the signal's reason when it was aborted.
 */
export async function fetchComponents(
  cache: string,
  report: Report,
  signal?: AbortSignal,
): Promise<Installed> {
  clickhouseVersion();
  const options = (subject: string, either: AbortSignal) => ({
    cache,
    signal: either,
    report: (text: string) => report('fetch', subject, text),
  });
  const [kafka, postgres, toxiproxy] = await sideBySide<
    [KafkaInstall, PostgresInstall, ToxiproxyInstall]
  >(
    [
      (either) => installKafka(options('kafka', either)),
      (either) => installPostgres(options('postgres', either)),
      (either) => installToxiproxy(options('toxiproxy', either)),
    ],
    signal,
  );
  return { kafka, postgres, toxiproxy };
}
