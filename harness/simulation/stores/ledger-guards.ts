/**
 * The lines of defence of the simulated ledger, one switch each.
 *
 * With all of them on it keeps the rules of the real database's constraints and triggers. A planted
 * bug takes one out, to show that the checkers see what it kept away. Some stand behind another one
 * and show nothing alone: the real database has the same depth. Production can reach none.
 */

const sentences = {
  leaseHeld: 'a lease that somebody else holds and that has not expired is not given away',
  leaseOwner: 'only the holder in its own epoch renews, releases or fences a lease',
  epochRises: 'every acquisition and every fence raises the epoch',
  epochTime: 'an epoch carries the time, so that a restored database never gives it out again',
  topicIdentity: 'a topic that was deleted and made again under its name is refused',
  rangeEpoch: 'a range is opened and closed only in the epoch of its lease',
  headCas: 'a range is opened and closed only where the head stands',
  oneIntent: 'a partition has at most one open range',
  frozenRange: 'a closed range is never changed, and an open one keeps its offsets',
  rangeCounts: 'a range is closed only when bronze and dead letters are all its records',
  headForward: 'a head only moves forward',
  batchEpoch: 'a batch is opened, opened again and given up only in the epoch of its lease',
  oneBatch: 'a table has at most one open batch',
  frozenBatch: 'a batch that is opened again keeps the ranges it was frozen with',
  decidedBatch: 'a batch that is committed or void is never changed',
  voidFenced: 'a batch is given up only in a newer epoch than the one in which it may swing',
  pointerCas: 'the pointer is swung only from the location that the writer started from',
  swingMatched: 'a swing that matched no table is an error and no success',
  swingEpoch: 'the pointer is swung only in the epoch of its lease',
  epochNeedsLease: 'a swing that names an epoch is refused where the table has no lease',
  swingIntent: 'the pointer is swung only with an open batch of the same epoch',
  swingBatch: 'a swing that names its batch closes no other one',
  baseUnmoved: 'the pointer is swung only from the base that the batch was opened on',
  headsMatch: 'a batch is committed only when its ranges begin at the heads of the table',
  batchInSwing: 'the batch turns committed in the transaction of the swing',
  headsInSwing: 'the heads of the table move in the transaction of the swing',
  leasedName: 'a leased table is not dropped and made by somebody who does not say so',
  durableCommit: 'a transaction that was acknowledged survives a crash of the database',
} as const;

export type GuardName = keyof typeof sentences;
export type Guards = Readonly<Record<GuardName, boolean>>;

export const guardNames = Object.keys(sentences) as readonly GuardName[];

/** What each line of defence says, in a sentence. */
export const guardSentences: Readonly<Record<GuardName, string>> = sentences;

export const allGuards = Object.fromEntries(guardNames.map((name) => [name, true])) as Guards;
