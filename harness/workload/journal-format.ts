/**
 * The lines of a producer's journal, as they stand on disk (docs/reference/producer-journal.md).
 *
 * One JSON object a line. 64-bit numbers are strings. The hashes themselves stand in a second file,
 * `<journal>.hashes`, eight bytes a record in the order of the sends, because they are bulk and
 * would be a hundred bytes a record as text. Writer and reader share this file and nothing else.
 */

import { z } from 'zod';

export const journalVersion = 1;
export const hashBytes = 8;
export const hashesPath = (journalPath: string): string => `${journalPath}.hashes`;

const natural = z.number().int().nonnegative();
const offsetText = z.string().regex(/^\d{1,16}$/);
const sumText = z.string().regex(/^[0-9a-f]{16}$/);

const headerLine = z.object({
  type: z.literal('producer-journal'),
  version: z.literal(journalVersion),
  topic: z.string(),
  topicId: z.string(),
  partitions: natural,
  startedAt: z.number(),
});
/** Written before the send: what is about to leave, and where its hashes stand. */
const sendLine = z.object({
  type: z.literal('send'),
  send: natural,
  /** Number of the first record's hash in the side file; the parts follow each other. */
  hashesAt: natural,
  parts: z.array(z.object({ partition: natural, count: natural })),
});
/**
 * Written after the broker's answer: where each part begins, with rows and sum per bucket of 16,384
 * offsets.
 */
const acknowledgedLine = z.object({
  type: z.literal('acknowledged'),
  send: natural,
  parts: z.array(
    z.object({
      partition: natural,
      offset: offsetText,
      buckets: z.array(z.tuple([natural, natural, sumText])),
    }),
  ),
});
/**
 * No answer, or one that can't be believed. Beside an `acknowledged` line it means: may be there a
 * second time.
 */
const unknownLine = z.object({ type: z.literal('unknown'), send: natural, reason: z.string() });
/** The producer came to its end and answered for every send. */
const endLine = z.object({ type: z.literal('end'), stoppedBy: z.string(), finishedAt: z.number() });

export const journalLine = z.discriminatedUnion('type', [
  headerLine,
  sendLine,
  acknowledgedLine,
  unknownLine,
  endLine,
]);
export type JournalLine = z.infer<typeof journalLine>;
export type HeaderLine = z.infer<typeof headerLine>;
export type AcknowledgedPart = z.infer<typeof acknowledgedLine>['parts'][number];
