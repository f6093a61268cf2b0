/**
 * What the facets of the hot store's suite share: what a twin has to bring, one topic, short forms.
 */
import { errorCode } from '../../../src/pipeline/errors.ts';
import type { OffsetRange } from '../../../src/pipeline/model/range.ts';
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import type { HotStore, RangeContent } from '../../../src/pipeline/ports/hot-store.ts';
import { type BlockOptions, blockOf, type Value } from './hot-store-blocks.test-kit.ts';

export interface OpenedHotStore {
  readonly store: HotStore;
  /** Dead letters of a topic by offset: reason, and the bytes in hex. */
  deadLetters(topicId: string): Promise<ReadonlyArray<readonly [number, string, string | null]>>;
  /** Inserts of trades that have begun and not ended. */
  inserting(): Promise<number>;
}

export interface HotStoreTwin {
  /** Empty tables that remember `tokensMax` tokens each. */
  open(tokensMax: number): Promise<OpenedHotStore>;
  /** Records that keep an insert running long enough to be seen. */
  readonly slowRows: number;
}

export type Opened = () => Promise<OpenedHotStore>;

export const topicId = '7d9b2c1e-3f46-4a8e-9c15-2b7a00c0ffee';
export const otherTopicId = '7d9b2c1e-3f46-4a8e-9c15-2b7a00decade';
export const tokensMax = 3;

export const block = (
  records: ReadonlyArray<readonly [bigint, Value]>,
  options: Partial<BlockOptions> = {},
) => blockOf(records, { topicId, ...options });

export const span = (offsetFirst: bigint, offsetLast: bigint, partition = 0): OffsetRange => ({
  topicId,
  partition,
  offsetFirst,
  offsetLast,
});

/** Rows, distinct offsets, sum of offsets. */
export const numbers = ({ digest, offsetsDistinct, offsetSum }: RangeContent) => [
  Number(digest.rows),
  Number(offsetsDistinct),
  Number(offsetSum),
];

export async function codeOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'answered',
    (error: unknown) => errorCode(error),
  );
}

export const writeAll = async (store: HotStore, whole: RecordBlock, epoch = 1n, token = 'a') => {
  await store.insertTrades(whole, epoch, token);
  await store.insertDeadLetters(whole, epoch, token);
};
