/**
 * The mechanisms of the simulated broker that a planted bug can take out, one switch each.
 *
 * All are on unless a test says otherwise. A switch that is off changes one decision of the machine
 * and nothing else, so that what a checker finds has one cause.
 */

export const brokerGuards = {
  /** Off: records of aborted transactions are given to readers. */
  abortedHidden: 'a reader never gets a record of an aborted transaction',
  /** Off: readers get records of transactions that nobody decided yet. */
  undecidedHidden: 'a reader waits at the first record of an open transaction',
  /** Off: a batch that was sent again is appended again. */
  idempotence: 'a repeated batch is acknowledged with its old offsets and not appended',
  /** Off: a batch that overtook another one is appended before it. */
  sequenceOrder: 'a batch whose sequence leaves a gap is refused',
  /** Off: a restart or a new leader may lose the last records that were appended. */
  acknowledgedDurable: 'what was acknowledged survives restarts and new leaders',
  /** Off: a batch of a transaction that has ended is appended and shares the fate of the next. */
  lateProduceFenced: 'a late batch of an ended transaction is refused (KIP-890)',
  /** Off: a producer whose transactional id was taken over may go on writing. */
  zombieProducerFenced: 'a producer that was replaced under its transactional id is refused',
  /** Off: the producer is told offsets one higher than where its records lie. */
  offsetsStable: 'a record lies at the offset that its producer was told',
  /** Off: the end of a transaction leaves no hole. */
  controlRecordsTakeOffsets: 'commit and abort markers take an offset in each partition written',
  /** Off: a reader whose position was deleted goes on at the first record there is, untold. */
  deletionTold: 'a reader whose position is no longer in the log is told so',
  /** Off: a reader that holds the id of a deleted topic is given the records of its namesake. */
  topicIdsChecked: 'a topic that was made again is another topic',
  /** Off: every fetch of more than one record leaves out its second. */
  fetchComplete: 'a fetch leaves out no record between those it returns',
} as const;

export type BrokerGuard = keyof typeof brokerGuards;
export type BrokerGuards = Readonly<Record<BrokerGuard, boolean>>;

/** Every guard on, except those named. */
export function guardsWithout(...off: readonly BrokerGuard[]): BrokerGuards {
  const names = Object.keys(brokerGuards) as BrokerGuard[];
  return Object.fromEntries(names.map((name) => [name, !off.includes(name)])) as BrokerGuards;
}

export const allBrokerGuards: BrokerGuards = guardsWithout();
