/**
 * Inserts that still run on the server, and waiting for their end.
 *
 * An insert looks at the fence table when it begins and lands when it ends. Between the two a new
 * owner may have fenced the partition, so a fence is only complete once the older inserts are gone.
 * Every insert carries a mark in `log_comment` that says for whom it runs; the server lists what
 * runs in `system.processes`, with its settings. A statement is in that list before it looks at the
 * fence table: whoever has written the fence and then finds the list empty has nothing older left
 * to fear. It waits and kills nothing: a kill takes effect at the next block only, and an insert is
 * one block. `max_execution_time` bounds what an insert can take whose client is gone.
 */
import { TidemarkError } from '../../errors.ts';
import type { PartitionKey } from '../../model/range.ts';
import type { Connection, Settings } from './client.ts';
import { literal } from './decode-sql.ts';

/** The client gives up first, so that a slow insert is an unknown outcome and no refusal. */
const graceSeconds = 5;
const pollSeconds = 0.05;

const markOf = ({ topicId, partition }: PartitionKey) => `tidemark insert ${topicId}/${partition} `;

const boundSeconds = (requestTimeoutMs: number) =>
  Math.ceil(requestTimeoutMs / 1000) + graceSeconds;

/** What an insert has to carry so that `waitForInserts` sees it. */
export function runningSettings(
  key: PartitionKey,
  epoch: bigint,
  requestTimeoutMs: number,
): Settings {
  return {
    log_comment: `${markOf(key)}${epoch}`,
    max_execution_time: boundSeconds(requestTimeoutMs),
  };
}

/**
 * Resolves when no insert of the partition runs under this epoch or a lower one. Fails with
 * `unknown-outcome` when one still runs after the time that an insert may take.
 */
export async function waitForInserts(
  connection: Connection,
  key: PartitionKey,
  epoch: bigint,
  requestTimeoutMs: number,
): Promise<void> {
  const mark = markOf(key);
  const comment = "Settings['log_comment']";
  // The pause between two looks is the server's: it sleeps for each insert that it found.
  const look = `SELECT count() AS running, sum(sleepEachRow(${pollSeconds})) AS slept
    FROM system.processes WHERE current_database = currentDatabase()
      AND startsWith(${comment}, ${literal(mark)})
      AND toUInt64OrZero(substring(${comment}, ${mark.length + 1})) <= ${epoch}`;
  const seconds = boundSeconds(requestTimeoutMs) + graceSeconds;
  for (let looks = Math.ceil(seconds / pollSeconds); looks > 0; looks -= 1) {
    const [found] = await connection.rows(look);
    if (found?.running === '0') return;
  }
  throw new TidemarkError(
    'unknown-outcome',
    `an insert of ${key.topicId}/${key.partition} under epoch ${epoch} or lower still runs after ` +
      `${seconds} s; look at system.processes`,
  );
}
