/**
 * Histories that the format allows and that no run would ever record: numbers at the end of what is
 * exact, spans without end, names of everything's prototype, events in any order.
 */
import fc from 'fast-check';
import type { History, HistoryEvent, HistoryFact } from './history.ts';

const number = fc.oneof(
  fc.nat(9),
  fc.constantFrom(2 ** 52, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER),
);
const names = ['', 'a', 'b', 't1', 'bronze', '__proto__', 'constructor', 'm1', 'm2', 'f1', 'x|y|7'];
const text = fc.oneof(
  fc.constantFrom(...names, 'binance|BTCUSDT|7|10.5|1|60000', 'e|s|1|1|1|1|1'),
  fc.string({ maxLength: 5 }),
);
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const few = <T>(values: fc.Arbitrary<T>) => fc.array(values, { maxLength: 3 });
const topicId = fc.constantFrom('t1', 't2', '__proto__');
const partition = fc.nat(1);
const identity = { topicId, partition, offset: number };
const row = fc.record({ ...identity, content: text });
const spanFields = { topicId, partition, offsetFirst: number, offsetLast: number };
const span = fc.record(spanFields);
const epoch = orNull(number);
const layer = fc.constantFrom('bronze', 'dead-letters');

function fact<T extends HistoryFact['type']>(
  type: T,
  fields: Record<string, fc.Arbitrary<unknown>>,
) {
  return fc.record({ type: fc.constant(type), ...fields }) as fc.Arbitrary<unknown>;
}

const logFacts = [
  fact('topic', { topic: text, topicId }),
  fact('send', {
    ...{ process: text, send: number, partition: number, keys: few(text) },
    transaction: orNull(text),
  }),
  fact('send-end', {
    send: number,
    outcome: fc.constantFrom('acknowledged', 'failed', 'unknown'),
    offsets: few(number),
  }),
  fact('transaction', { transaction: text, outcome: fc.constantFrom('committed', 'aborted') }),
  fact('append', {
    record: fc.record({
      ...{ ...identity, content: text, key: text, isTrade: fc.boolean(), source: orNull(text) },
    }),
    transaction: orNull(text),
  }),
  fact('removed', {
    ...{ span, offsets: orNull(few(number)) },
    why: fc.constantFrom('retention', 'compaction', 'unclean-leader', 'topic-deleted'),
  }),
  fact('poll', {
    ...{ process: text, reader: number, span },
    records: few(fc.record({ offset: number, key: text })),
  }),
];

const storeFacts = [
  fact('rows-added', { layer, process: text, epoch, rows: few(row) }),
  fact('rows-removed', { layer, rows: few(row), why: text }),
  fact('file-written', { file: fc.record({ path: text, rows: few(row) }) }),
  fact('file-deleted', { path: text }),
  fact('swing', {
    ...{ process: text, table: text, epoch, from: orNull(text), to: text, expired: few(number) },
    snapshot: orNull(
      fc.record({
        ...{ snapshotId: number, parentId: orNull(number), sequenceNumber: number },
        operation: fc.constantFrom('append', 'overwrite', 'replace'),
        ...{ batch: orNull(text), files: few(text), rowsClaimed: number },
      }),
    ),
  }),
];

const ledgerFacts = [
  fact('lease', { lease: text, epoch: number, holder: orNull(text) }),
  fact('range', {
    ...{ state: fc.constantFrom('intent', 'done'), span, rows: number, epoch: number },
    ...{ bronzeRows: orNull(number), deadRows: orNull(number), process: text },
    ...{ bronzeDigest: orNull(text), deadDigest: orNull(text) },
  }),
  fact('head', { layer: text, topicId, partition: number, offsetNext: number }),
  fact('batch', {
    state: fc.constantFrom('open', 'committed', 'void'),
    ...{ table: text, batch: text, epoch: number },
    kind: fc.constantFrom('append', 'maintenance'),
    spans: few(fc.record({ ...spanFields, rows: number })),
  }),
  fact('watermark', { table: text, at: number }),
  fact('restored', { backupSeq: number }),
];

const runFacts = [
  fact('candle', {
    ...{ layer: fc.constantFrom('gold', 'cold-gold'), symbol: text, windowStart: number },
    ...{ windowMs: fc.integer({ min: 1, max: 3 }), trades: number },
    ...{ open: text, high: text, low: text, close: text, volume: text },
  }),
  fact('process', {
    process: text,
    state: fc.constantFrom('started', 'crashed', 'paused', 'woken', 'stopped'),
  }),
  fact('fault', { fault: number, state: fc.constantFrom('bit', 'healed') }),
  fact('phase', { phase: fc.constantFrom('safety', 'heal', 'liveness', 'end') }),
  fact('drained', { boundMs: number, tookMs: number, behind: few(text) }),
  fact('service-failed', { process: text, code: text, message: text }),
];

const anyFact = fc.oneof(...logFacts, ...storeFacts, ...ledgerFacts, ...runFacts);

export const hostileHistory: fc.Arbitrary<History> = fc
  .record({
    facts: fc.array(anyFact, { maxLength: 60, size: 'max' }),
    hasLedger: fc.boolean(),
    expectDrained: fc.boolean(),
    faultsArmed: fc.nat(2),
  })
  .map(({ facts, ...configuration }) => ({
    configuration: { name: 'hostile', allowed: [], ...configuration },
    events: facts.map((one, i) => {
      return { ...(one as HistoryFact), seq: i + 1, atMs: i } as HistoryEvent;
    }),
  }));
