/**
 * What a line of a history file may be: every event with every field, and nothing else.
 *
 * The types are those of `history.ts`; a field that is missing here does not compile there. Numbers
 * are whole where they count something, and never so large that they were not exact.
 */
import { z } from 'zod';
import type { History, HistoryEvent } from './history.ts';

const text = z.string();
const count = z.int().min(0);
const ms = z.number().min(0);
const nullable = { text: text.nullable(), count: count.nullable() };

const identity = { topicId: text, partition: count, offset: count };
const row = z.strictObject({ ...identity, content: text });
const record = z.strictObject({
  ...identity,
  ...{ content: text, key: text, isTrade: z.boolean(), source: nullable.text },
});
const spanFields = { topicId: text, partition: count, offsetFirst: count, offsetLast: count };
const span = z.strictObject(spanFields);
const file = z.strictObject({ path: text, rows: z.array(row) });
const snapshot = z.strictObject({
  ...{ snapshotId: count, parentId: nullable.count, sequenceNumber: count },
  operation: z.enum(['append', 'overwrite', 'replace']),
  ...{ batch: nullable.text, files: z.array(text), rowsClaimed: count },
});

function event<T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.strictObject({ seq: count, atMs: ms, type: z.literal(type), ...shape });
}

const logEvents = [
  event('topic', { topic: text, topicId: text }),
  event('send', {
    ...{ process: text, send: count, partition: count, keys: z.array(text) },
    transaction: nullable.text,
  }),
  event('send-end', {
    send: count,
    outcome: z.enum(['acknowledged', 'failed', 'unknown']),
    offsets: z.array(count),
  }),
  event('transaction', { transaction: text, outcome: z.enum(['committed', 'aborted']) }),
  event('append', { record, transaction: nullable.text }),
  event('removed', {
    span,
    offsets: z.array(count).nullable(),
    why: z.enum(['retention', 'compaction', 'unclean-leader', 'topic-deleted']),
  }),
  event('poll', {
    ...{ process: text, reader: count, span },
    records: z.array(z.strictObject({ offset: count, key: text })),
  }),
] as const;

const layer = z.enum(['bronze', 'dead-letters']);
const storeEvents = [
  event('rows-added', { layer, process: text, epoch: nullable.count, rows: z.array(row) }),
  event('rows-removed', { layer, rows: z.array(row), why: text }),
] as const;

const ledgerEvents = [
  event('lease', { lease: text, epoch: count, holder: nullable.text }),
  event('range', {
    ...{ state: z.enum(['intent', 'done']), span, rows: count },
    ...{ bronzeRows: nullable.count, deadRows: nullable.count },
    ...{ bronzeDigest: nullable.text, deadDigest: nullable.text, epoch: count, process: text },
  }),
  event('head', { layer: text, topicId: text, partition: count, offsetNext: count }),
  event('batch', {
    state: z.enum(['open', 'committed', 'void']),
    ...{ table: text, batch: text, kind: z.enum(['append', 'maintenance']), epoch: count },
    spans: z.array(z.strictObject({ ...spanFields, rows: count })),
  }),
  event('watermark', { table: text, at: z.number() }),
  event('restored', { backupSeq: count }),
] as const;

const lakeEvents = [
  event('file-written', { file }),
  event('file-deleted', { path: text }),
  event('swing', {
    ...{ process: text, table: text, epoch: nullable.count, from: nullable.text, to: text },
    ...{ snapshot: snapshot.nullable(), expired: z.array(count) },
  }),
] as const;

const candleLayer = z.enum(['gold', 'cold-gold']);
const windowMs = z.int().min(1);
const derivedEvents = [
  event('candle', {
    ...{ layer: candleLayer, symbol: text, windowStart: count, windowMs },
    ...{ open: text, high: text, low: text, close: text, volume: text, trades: count },
  }),
] as const;

const runEvents = [
  event('process', {
    process: text,
    state: z.enum(['started', 'crashed', 'paused', 'woken', 'stopped']),
  }),
  event('fault', { fault: count, state: z.enum(['bit', 'healed']) }),
  event('phase', { phase: z.enum(['safety', 'heal', 'liveness', 'end']) }),
  event('drained', { boundMs: ms, tookMs: ms, behind: z.array(text) }),
  event('service-failed', { process: text, code: text, message: text }),
] as const;

const events = [
  ...logEvents,
  ...storeEvents,
  ...ledgerEvents,
  ...lakeEvents,
  ...derivedEvents,
  ...runEvents,
] as const;

type EventType = z.output<(typeof events)[number]>['type'];

/** Does not compile when an event of `history.ts` is left out here. */
export const eventTypes: readonly (HistoryEvent['type'] extends EventType ? string : never)[] =
  events.map(({ shape }) => shape.type.value);

export const eventSchema: z.ZodType<HistoryEvent> = z.discriminatedUnion('type', events);

/** The first line. */
export const headerSchema = z.strictObject({
  version: z.literal(1),
  events: count,
  configuration: z.strictObject({
    ...{ name: text, allowed: z.array(text), faultsArmed: count },
    ...{ hasLedger: z.boolean(), expectDrained: z.boolean() },
    forbidden: z.array(text).exactOptional(),
    expectedFailures: z.array(text).exactOptional(),
    candles: z.array(z.strictObject({ layer: candleLayer, windowMs })).exactOptional(),
  }) satisfies z.ZodType<History['configuration']>,
});
