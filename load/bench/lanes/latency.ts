/**
 * Lane `latency`: with a trickle of 500 records a second, from the producer's acknowledgement to
 * `done` in the ledger.
 *
 * A record counts as arrived when its range was written, read back and closed: from then on it is
 * there for good, and the offload may take it. The service runs with its defaults, whose linger of
 * 200 ms is most of what is measured. The ingest is warm: the first seconds are left out.
 */
import { type MessageToProduce, Producer } from '@platformatic/kafka';
import { LedgerView } from '../../../harness/experiment/ledger-view.ts';
import { systemClock, waitFor } from '../../../harness/system-clock.ts';
import { generateTrades } from '../../../harness/workload/generate-trades.ts';
import type { Bench } from '../bench-context.ts';
import { lakeLease, service } from '../pipeline-run.ts';
import { goal, type LaneReport } from '../report.ts';
import { quantileOf, type Weighted } from '../statistics.ts';
import { type Target, withTarget } from '../target.ts';
import { topicPartitions } from '../topics.ts';
import type { Lane } from './lane.ts';

const recordsPerSend = 10;
const sendEveryMs = 20;
const warmUpMs = 3_000;
const startMsMax = 60_000;
const drainMsMax = 60_000;
const topicName = 'bench-latency';

interface Acknowledged {
  readonly partition: number;
  readonly offsetFirst: bigint;
  readonly records: number;
  readonly atMs: number;
}

export const latencyLane: Lane = {
  name: 'latency',
  isDefault: true,
  run: (bench) =>
    withTarget(bench, async (target): Promise<LaneReport> => {
      const delays = await measure(bench, target);
      const records = delays.reduce((sum, { weight }) => sum + weight, 0);
      const at = (what: string, q: number) => ({
        what,
        unit: 'ms' as const,
        records,
        samples: [{ value: quantileOf(delays, q), cpuUs: {} }],
      });
      const p99 = at('acknowledged to done in bronze, p99', 0.99);
      return {
        lane: 'latency',
        title: `${(recordsPerSend * 1000) / sendEveryMs} records a second, into bronze`,
        measurements: [
          at('acknowledged to done in bronze, p50', 0.5),
          p99,
          at('acknowledged to done in bronze, largest', 1),
        ],
        goals: [goal(p99.what, 'ms', [p99.samples[0]!.value], { atMost: 1_000 })],
        notes: ['a range closes after 200 ms of linger at the latest, which is part of this'],
      };
    }),
};

async function measure(bench: Bench, target: Target): Promise<Weighted[]> {
  await bench.topics.extend(topicName, topicPartitions);
  const { process } = service(bench, ['ingest'], topicName, target);
  const view = new LedgerView(target.postgresUrl, lakeLease());
  process.start();
  try {
    await arrived(bench, view, new Map([[0, 1n]]), startMsMax);
    const sends = await trickle(bench);
    const ends = new Map(sends.map((s) => [s.partition, s.offsetFirst + BigInt(s.records)]));
    await arrived(bench, view, ends, drainMsMax);
    const ranges = await view.ranges();
    const firstMs = sends[0]!.atMs;
    return sends
      .filter(({ atMs }) => atMs - firstMs >= warmUpMs)
      .map(({ partition, offsetFirst, records, atMs }) => {
        const last = offsetFirst + BigInt(records) - 1n;
        const range = ranges.find(
          (r) =>
            r.partition === partition &&
            BigInt(r.offsetFirst) <= last &&
            last <= BigInt(r.offsetLast),
        );
        if (range?.doneAt == null) throw new Error(`offset ${last} is in no closed range`);
        return { value: Math.max(0, range.doneAt - atMs), weight: records };
      });
  } finally {
    await process.stop();
    await view.close();
  }
}

async function arrived(
  bench: Bench,
  view: LedgerView,
  ends: ReadonlyMap<number, bigint>,
  boundMs: number,
): Promise<void> {
  await waitFor(
    async () => {
      const heads = (await view.progress())?.bronzeHeads;
      return [...ends].every(([p, end]) => (heads?.get(p) ?? 0n) >= end);
    },
    { condition: 'the trickle is closed in bronze', boundMs, signal: bench.signal },
  );
}

/** Sends a few records to one partition after the other, on time; what is late is sent at once. */
async function trickle(bench: Bench): Promise<Acknowledged[]> {
  const sendsMax = Math.ceil((bench.options.seconds * 1000 + warmUpMs) / sendEveryMs);
  const trades = generateTrades({ seed: 2, records: sendsMax * recordsPerSend })[Symbol.iterator]();
  const producer = new Producer({
    clientId: 'bench-latency',
    bootstrapBrokers: bench.addresses.direct.kafkaBootstrap.split(','),
  });
  const acknowledged: Acknowledged[] = [];
  const startMs = systemClock.monotonicMs();
  try {
    for (let i = 0; i < sendsMax; i += 1) {
      const waitMs = startMs + i * sendEveryMs - systemClock.monotonicMs();
      if (waitMs > 0) await systemClock.sleep(waitMs, bench.signal);
      bench.signal.throwIfAborted();
      const partition = i % topicPartitions;
      const messages: MessageToProduce[] = Array.from({ length: recordsPerSend }, () => {
        const { key, value } = trades.next().value!;
        return { topic: topicName, partition, key: key ?? undefined, value: value ?? undefined };
      });
      const { offsets } = await producer.send({ messages, acks: -1 });
      const atMs = systemClock.nowMs();
      const offsetFirst = offsets!.find((o) => o.partition === partition)!.offset;
      acknowledged.push({ partition, offsetFirst, records: recordsPerSend, atMs });
    }
  } finally {
    await producer.close();
  }
  return acknowledged;
}
