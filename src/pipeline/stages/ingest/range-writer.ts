/**
 * Writing one range into the hot store so that it is there exactly once, and knowing it.
 *
 * An acknowledgement is not a commit: a store may drop a block as a false duplicate, and an answer
 * may be lost although the block is there. So the rule is always the same: write, read back exactly
 * this range, compare with what the broker returned. While something is missing it is written
 * again, and each statement skips what the table already holds. After an answer that did not come
 * the store's fence is asked first to wait for what may still run. The same token is used as long
 * as nothing was acknowledged; a fresh one once an acknowledged write was seen not to be there.
 * Anything beyond what the log returned is never repaired here: it stops the partition and names
 * the range.
 */
import { errorCode, TidemarkError } from '../../errors.ts';
import { rangeName } from '../../model/range.ts';
import type { RecordBlock } from '../../model/record-block.ts';
import type { HotStore, StoredRange } from '../../ports/hot-store.ts';
import type { ClosedRange, IntentRange } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';

export const writeAttemptsMax = 4;

/** What of the expected range the store holds. */
export type Completeness = 'complete' | 'incomplete' | 'surplus';

type Expected = Pick<IntentRange, 'rows' | 'offsetSum'>;

export function completeness(expected: Expected, stored: StoredRange): Completeness {
  const { bronze, deadLetters } = stored;
  const rows = bronze.digest.rows + deadLetters.digest.rows;
  const distinct = bronze.offsetsDistinct + deadLetters.offsetsDistinct;
  if (rows !== distinct || rows > BigInt(expected.rows)) return 'surplus';
  if (rows < BigInt(expected.rows)) return 'incomplete';
  return bronze.offsetSum + deadLetters.offsetSum === expected.offsetSum ? 'complete' : 'surplus';
}

/** The ledger's closing entry for a range that was seen to be complete. */
export function closed(range: ClosedRange | IntentRange, stored: StoredRange): ClosedRange {
  const { topicId, partition, offsetFirst, offsetLast } = range;
  return {
    topicId,
    partition,
    offsetFirst,
    offsetLast,
    bronze: stored.bronze.digest,
    deadLetters: stored.deadLetters.digest,
  };
}

/** What of `block` is an intent in the ledger. */
export function intentOf(block: RecordBlock): IntentRange {
  return { ...block.range, rows: block.rows, offsetSum: block.offsetSum };
}

/**
 * Fails with `digest-mismatch` when the store holds more than the log returned, or keeps losing
 * what it acknowledged.
 */
export async function writeRange(
  store: HotStore,
  logger: Logger,
  block: RecordBlock,
  epoch: bigint,
): Promise<ClosedRange> {
  const name = rangeName(block.range);
  let token = name;
  let stored: StoredRange | undefined;
  for (let attempt = 1; attempt <= writeAttemptsMax; attempt += 1) {
    // A range of holes only has nothing to write, but it is read back all the same.
    const insert = async () => {
      if (block.rows > 0) await store.insertTrades(block, epoch, token);
    };
    let answered = await tryInsert(store, insert, logger, block, epoch);
    stored = await store.inspect(block.range);
    if (completeness(block, stored) === 'incomplete') {
      const dead = () => store.insertDeadLetters(block, epoch, `${token}!`);
      answered = (await tryInsert(store, dead, logger, block, epoch)) && answered;
      stored = await store.inspect(block.range);
    }
    const state = completeness(block, stored);
    if (state === 'complete') return closed(intentOf(block), stored);
    if (state === 'surplus') break;
    logger.warn('range.incomplete', { range: name, attempt, answered, expected: block.rows });
    if (answered) token = `${name}#${epoch}.${attempt}`;
  }
  throw mismatch(name, block, stored ?? (await store.inspect(block.range)));
}

/**
 * True when the store acknowledged; false when its answer did not come and only the table can tell.
 * An insert without an answer may still be running, and what is read back would not be the last
 * word: the fence waits for it.
 */
async function tryInsert(
  store: HotStore,
  insert: () => Promise<void>,
  logger: Logger,
  { range }: RecordBlock,
  epoch: bigint,
): Promise<boolean> {
  try {
    await insert();
    return true;
  } catch (error) {
    if (errorCode(error) !== 'unknown-outcome') throw error;
    logger.warn('insert.unknown', { range: rangeName(range), reason: String(error) });
    await store.fence(range, epoch);
    return false;
  }
}

function mismatch(name: string, expected: Expected, stored: StoredRange) {
  const { bronze, deadLetters } = stored;
  return new TidemarkError(
    'digest-mismatch',
    `range ${name}: the log returned ${expected.rows} records, the store holds ${bronze.digest.rows} trades ` +
      `(${bronze.offsetsDistinct} distinct offsets) and ${deadLetters.digest.rows} dead letters. ` +
      'The range stays open and nothing behind it is written; run `tidemark verify` for the exact records.',
    { facts: { range: name } },
  );
}
