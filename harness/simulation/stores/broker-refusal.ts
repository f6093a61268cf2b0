/**
 * What a simulated broker says instead of an answer, in Kafka's own words.
 *
 * A refusal is an answer: the request had no effect. Which refusals are worth another try is the
 * client's business, as with a real broker; the sorting of both clients stands here, because it is
 * a property of the words.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';

export type RefusalName =
  | 'NOT_LEADER_OR_FOLLOWER'
  | 'UNKNOWN_TOPIC_OR_PARTITION'
  | 'UNKNOWN_TOPIC_ID'
  | 'OFFSET_OUT_OF_RANGE'
  | 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  | 'INVALID_PRODUCER_EPOCH'
  | 'PRODUCER_FENCED'
  | 'INVALID_TXN_STATE';

const passing: ReadonlySet<RefusalName> = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
]);

export class BrokerRefusal extends TidemarkError {
  readonly refusal: RefusalName;

  constructor(refusal: RefusalName, what: string) {
    super('refused', `${what}: the broker answered ${refusal}`);
    this.name = 'BrokerRefusal';
    this.refusal = refusal;
  }

  /** True when the same request may be granted a moment later. */
  get passes(): boolean {
    return passing.has(this.refusal);
  }
}

/** An answer that did not come, nobody to ask, or a refusal: all but errors of our own making. */
export function worthAnotherTry(error: unknown): boolean {
  if (error instanceof BrokerRefusal) return true;
  if (!(error instanceof TidemarkError)) return false;
  return error.code === 'unknown-outcome' || error.code === 'dependency-missing';
}

export function isRefusal(error: unknown, name: RefusalName): error is BrokerRefusal {
  return error instanceof BrokerRefusal && error.refusal === name;
}
