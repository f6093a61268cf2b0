/**
 * Lane `offload-small`: what a batch of 10,000 new rows takes from freeze to committed, on a young
 * table and after 300 commits.
 *
 * The rows are ingested beforehand in ranges of 2,500, so that a batch is one range of each of the
 * four partitions; between the two measurements come as many commits of 100 rows. Each of the
 * three steps is one run of the service, with its maintenance at the end. The times are the
 * ledger's: when the batch was opened, and when the swing's transaction marked it committed.
 */
import pg from 'pg';
import type { Bench } from '../bench-context.ts';
import { ingestAll, lakeLease, offloadAll } from '../pipeline-run.ts';
import { goal, type LaneReport, type Measurement, valuesOf } from '../report.ts';
import { type Target, withTarget } from '../target.ts';
import { topicPartitions } from '../topics.ts';
import type { Lane } from './lane.ts';

const batchRows = 10_000;
const smallBatchRows = 100;
const topicName = 'bench-small-batches';

export const offloadSmallLane: Lane = {
  name: 'offload-small',
  isDefault: true,
  run: (bench) =>
    withTarget(bench, async (target): Promise<LaneReport> => {
      const { cycles, commitsBetween } = bench.options;
      const young = await commits(bench, target, cycles, batchRows);
      if (commitsBetween > 0) await commits(bench, target, commitsBetween, smallBatchRows);
      const old = await commits(bench, target, cycles, batchRows);
      const after = cycles + commitsBetween;
      const measurements = [
        measurement('freeze to committed, young table', young),
        measurement(`freeze to committed, after ${after} commits`, old),
      ];
      return {
        lane: 'offload-small',
        title: `batches of ${batchRows} rows from ${topicPartitions} partitions into the lake`,
        measurements,
        goals: measurements.map((m) => goal(m.what, 'ms', valuesOf(m), { atMost: 100 })),
        notes: [`${cycles} batches each; the service's maintenance has run in between`],
      };
    }),
};

function measurement(what: string, values: readonly number[]): Measurement {
  const samples = values.map((value) => ({ value, cpuUs: {} }));
  return { what, unit: 'ms', records: batchRows, samples };
}

/**
 * Milliseconds of each of `count` batches of `rows` rows that are produced, ingested and offloaded
 * here.
 */
async function commits(
  bench: Bench,
  target: Target,
  count: number,
  rows: number,
): Promise<number[]> {
  const topic = await bench.topics.extend(topicName, count * rows);
  await ingestAll(bench, topic, target, { 'ingest-range-rows-max': rows / topicPartitions });
  const before = (await committed(target)).length;
  await offloadAll(bench, topicName, target, { 'lake-batch-rows-max': rows });
  const batches = (await committed(target)).slice(before);
  const whole = batches.filter((batch) => batch.rows === rows);
  if (whole.length < count * 0.9) {
    throw new Error(`${batches.length} batches, ${whole.length} of them of ${rows} rows`);
  }
  bench.note(`${batches.length} batches of ${rows} rows committed`);
  return whole.map(({ tookMs }) => tookMs);
}

async function committed(target: Target) {
  const client = new pg.Client({ connectionString: target.postgresUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ rows: string; took: string }>(
      `SELECT sum(r.rows)::bigint AS rows, extract(epoch FROM b.at - b.opened_at) * 1000 AS took
       FROM tidemark.batch b JOIN tidemark.batch_range r USING (lease, batch)
       WHERE b.lease = $1 AND b.state = 'committed'
       GROUP BY b.batch, b.opened_at, b.at ORDER BY b.opened_at`,
      [lakeLease()],
    );
    return rows.map((row) => ({ rows: Number(row.rows), tookMs: Number(row.took) }));
  } catch (error) {
    // Before the first offload there is no such table.
    if ((error as { code?: unknown }).code === '42P01') return [];
    throw error;
  } finally {
    await client.end();
  }
}
