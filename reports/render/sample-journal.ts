/**
 * Journals of made-up runs, for looking at reports and for testing them.
 *
 * A small simulation produces 34,419 records into four partitions in twenty seconds while three
 * faults hit, so the numbers fit together as in a real run: ranges follow each other without holes,
 * lag grows during a fault and goes back to zero. The same seed gives the same journal. Nothing
 * here is evidence of anything; no command of the product reads it.
 */
import type { JournalEvent, JournalLine } from '../../harness/experiment/journal-events.ts';
import { type SampleKind, sampleEvidence } from './sample-evidence.ts';

export type { SampleKind } from './sample-evidence.ts';

const startedAt = Date.UTC(2026, 10, 23, 17, 52, 30, 123);
const recordsTotal = 34_419;
const partitions = 4;
const tickMs = 50;
const workloadMs = { first: 3_200, last: 13_600 };
const topicId = '6f1c2a54-8d0e-4d59-9a40-0b7de3a1c2f8';

/** When each fault holds up which part of the path, milliseconds after the start. */
const outages = {
  ingest: [{ from: 5_150, to: 5_950, partitions: [0, 1] }],
  log: { from: 7_800, to: 9_700 },
  offload: { from: 11_600, to: 13_050 },
};

type Emit = (atMs: number, event: JournalEvent) => void;

/**
 * Lines of a whole run, ordered and numbered as a journal is. `scale` repeats the work for tests of
 * size bounds.
 */
export function sampleJournal(kind: SampleKind = 'pass', scale = 1): readonly JournalLine[] {
  const events: Array<{ atMs: number; event: JournalEvent }> = [];
  const emit: Emit = (atMs, event) => void events.push({ atMs, event });
  emitRun(emit);
  emitFaults(emit, kind);
  simulate(emit, scale);
  for (const item of sampleEvidence(kind, recordsTotal, topicId)) emit(item.atMs, item.event);
  const ended = kind === 'inconclusive' ? 17_900 : Number.POSITIVE_INFINITY;
  return events
    .filter((item) => item.atMs <= ended)
    .sort((a, b) => a.atMs - b.atMs)
    .map((item, seq) => ({ seq, at: startedAt + item.atMs, ...item.event }));
}

function emitRun(emit: Emit): void {
  emit(0, {
    type: 'run',
    scenario: 'prove',
    argv: ['prove', '--faults', 'ingest-crash,broker-kill,swing-answer-lost'],
    seed: 20_240_808,
    input: 'binance-wstrade-spot-btcusdt-ethusdt-20240808-09.jsonl.gz',
    records: recordsTotal,
    versions: {
      tidemark: '0.1.0',
      node: '24.21.0',
      kafka: '4.4.0',
      clickhouse: '26.3.2.11',
      postgres: '18.4',
      toxiproxy: '2.12.0',
    },
    machine: { cores: 2, memoryBytes: 25_769_803_776, platform: 'linux x64' },
  });
  const phases = [
    ['start', 0, 3_150],
    ['workload with faults', 3_200, 13_650],
    ['heal', 13_700, 13_900],
    ['drain', 13_900, 15_400],
    ['verify', 15_450, 20_300],
  ] as const;
  for (const [name, from, to] of phases) {
    emit(from, { type: 'phase', name, state: 'started' });
    emit(to, { type: 'phase', name, state: 'finished', durationMs: to - from });
  }
  for (const [index, name] of ['kafka', 'postgres', 'clickhouse', 'toxiproxy'].entries()) {
    emit(40 + index, { type: 'process', name, pid: 4_210 + index, event: 'started' });
    emit(900 + index * 700, { type: 'process', name, pid: 4_210 + index, event: 'ready' });
  }
  for (const [index, name] of ['ingest-a', 'ingest-b', 'offload-a'].entries()) {
    emit(3_160 + index, { type: 'process', name, pid: 4_300 + index, event: 'started' });
  }
}

function emitFaults(emit: Emit, kind: SampleKind): void {
  const first = {
    name: 'ingest killed',
    step: 'ledger close #2, after the effect, before the answer',
  };
  const second = { name: 'broker killed', step: 'record 12,000 acknowledged' };
  const third = { name: 'answer of the pointer swing lost', step: 'swing #7' };
  for (const fault of [first, second, third]) {
    emit(3_190, { type: 'fault', event: 'armed', name: fault.name, step: fault.step });
  }
  emit(5_150, { type: 'fault', event: 'bit', ...first });
  emit(5_151, {
    type: 'process',
    name: 'ingest-a',
    pid: 4_300,
    event: 'killed',
    detail: 'SIGKILL',
  });
  const seen = 'lease taken over: epoch 1 to 2 on partitions 0 and 1';
  emit(5_900, { type: 'fault', event: 'observed', ...first, detail: seen });
  emit(5_950, { type: 'fault', event: 'healed', name: first.name, step: first.step });
  emit(7_800, { type: 'fault', event: 'bit', ...second });
  emit(7_801, { type: 'process', name: 'kafka', pid: 4_210, event: 'killed', detail: 'SIGKILL' });
  const refused = 'the producer was refused 31 times, 4 requests without an answer';
  emit(8_050, { type: 'fault', event: 'observed', ...second, detail: refused });
  emit(9_650, { type: 'process', name: 'kafka', pid: 4_377, event: 'ready' });
  emit(9_700, { type: 'fault', event: 'healed', name: second.name, step: second.step });
  if (kind === 'inconclusive') {
    const detail = 'the swing finished before the connection was cut';
    emit(11_900, { type: 'fault', event: 'not-observed', ...third, detail });
    return;
  }
  emit(11_600, { type: 'fault', event: 'bit', ...third });
  const unknown = 'offload reported unknown-outcome and found its batch committed in the ledger';
  emit(11_720, { type: 'fault', event: 'observed', ...third, detail: unknown });
  emit(13_050, { type: 'fault', event: 'healed', name: third.name, step: third.step });
}

function within(span: { from: number; to: number }, atMs: number): boolean {
  return atMs >= span.from && atMs < span.to;
}

function simulate(emit: Emit, scale: number): void {
  const random = randomFrom(7);
  const total = recordsTotal * scale;
  const heads = new Array<number>(partitions).fill(0);
  const epochs = [1, 1, 1, 1];
  let [produced, acknowledged, lake, sequence] = [0, 0, 0, 0];
  const perTick = (total / (workloadMs.last - workloadMs.first)) * tickMs;
  for (let atMs = workloadMs.first; atMs <= 15_400; atMs += tickMs) {
    const logDown = within(outages.log, atMs);
    const rate = logDown ? 0.12 : atMs > outages.log.to ? 1.6 : 0.92 + random() * 0.3;
    produced = Math.min(total, Math.round(produced + perTick * rate));
    if (!logDown) acknowledged = Math.max(acknowledged, produced - Math.round(random() * perTick));
    if (atMs >= workloadMs.last) acknowledged = produced = total;
    for (let partition = 0; partition < partitions; partition += 1) {
      const held = outages.ingest.some((o) => o.partitions.includes(partition) && within(o, atMs));
      const available = Math.floor((acknowledged + partitions - 1 - partition) / partitions);
      const size = available - (heads[partition] ?? 0);
      if (held || logDown || size <= 0 || (random() < 0.45 && atMs < 14_200)) continue;
      if (atMs >= outages.ingest[0]!.to && partition < 2) epochs[partition] = 2;
      emitRanges(emit, {
        atMs,
        partition,
        head: heads[partition]!,
        size,
        epoch: epochs[partition]!,
        scale,
      });
      heads[partition] = available;
    }
    const bronze = heads.reduce((sum, head) => sum + head, 0);
    const due = (atMs - workloadMs.first) % 800 === 0 && !within(outages.offload, atMs);
    if (due && bronze > lake) {
      sequence += 1;
      emitSnapshot(emit, { atMs, sequence, added: bronze - lake, total: bronze });
      lake = bronze;
    }
    emit(atMs, { type: 'progress', produced, acknowledged, bronze, deadLetters: 0, lake });
  }
}

interface RangeWork {
  readonly atMs: number;
  readonly partition: number;
  readonly head: number;
  readonly size: number;
  readonly epoch: number;
  readonly scale: number;
}

function emitRanges(emit: Emit, work: RangeWork): void {
  const pieces = Math.min(work.scale, work.size);
  for (let piece = 0; piece < pieces; piece += 1) {
    const first = work.head + Math.floor((work.size * piece) / pieces);
    const next = work.head + Math.floor((work.size * (piece + 1)) / pieces);
    emit(work.atMs, {
      type: 'range',
      topicId,
      partition: work.partition,
      offsetFirst: String(first),
      offsetLast: String(next - 1),
      rows: next - first,
      deadRows: 0,
      epoch: String(work.epoch),
      owner: work.partition < 2 && work.epoch === 1 ? 'ingest-a' : 'ingest-b',
      intentAt: startedAt + work.atMs - 38 - work.partition * 3,
      doneAt: startedAt + work.atMs,
    });
  }
}

function emitSnapshot(
  emit: Emit,
  snapshot: { atMs: number; sequence: number; added: number; total: number },
): void {
  emit(snapshot.atMs, {
    type: 'snapshot',
    table: 'cold.bronze_trades_binance',
    snapshotId: String(3_051_729_675_574_597_004n + BigInt(snapshot.sequence) * 7_919_331n),
    sequenceNumber: String(snapshot.sequence),
    committedAt: startedAt + snapshot.atMs,
    operation: 'append',
    addedRows: String(snapshot.added),
    totalRows: String(snapshot.total),
  });
}

/** A small generator of numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
