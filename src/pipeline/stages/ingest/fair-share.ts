/**
 * How many partitions a member of a group should hold, so that the shares differ by one at most and
 * nobody goes without while another has two to spare.
 *
 * Every member computes it for itself from what the ledger says of the group; for a moment two may
 * disagree, which costs a hand-over and never a record.
 */
import type { Membership } from '../../ports/ledger.ts';

export function fairShare(partitions: number, { members, rank }: Membership): number {
  const even = Math.floor(partitions / members);
  return rank < partitions % members ? even + 1 : even;
}
