/**
 * The benchmark: ratios, measured in one run on real services.
 *
 *   npm run bench                      all lanes
 *   npm run bench -- ingest --rounds 5 one of them
 *
 * It starts its own Kafka, PostgreSQL and ClickHouse on loopback, runs the services as a user
 * starts them, and prints one table a lane (or one JSON document). A speed stands beside what it
 * is compared with and was measured in the same minutes; that a goal was missed is a line of the
 * table and not a failure. Exit codes: 0 measured, 254 usage, 255 something did not work. What is
 * measured and what it means: docs/benchmarks.md.
 */
import { availableParallelism, loadavg, totalmem } from 'node:os';
import { readArguments, UsageError, usage } from './bench/arguments.ts';
import { withBench } from './bench/bench-context.ts';
import { lanes } from './bench/lanes/index.ts';
import type { LaneReport } from './bench/report.ts';
import { renderTable } from './bench/table.ts';

const exitUsage = 254;
const exitCrash = 255;

const names = lanes.map(({ name }) => name);
const defaults = lanes.filter(({ isDefault }) => isDefault).map(({ name }) => name);
const note = (text: string) => void process.stderr.write(`${text}\n`);

function machine() {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return { cores: availableParallelism(), gigabytes, node: process.version, load: loadavg()[0]! };
}

async function main(argv: readonly string[]): Promise<number> {
  const options = readArguments(argv, names, defaults);
  if (options === null) {
    process.stdout.write(usage(names));
    return 0;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));
  }
  const before = machine();
  if (before.load > before.cores / 2) {
    note(`the machine is busy (load ${before.load.toFixed(1)}): ratios will be noisy`);
  }
  const reports: LaneReport[] = [];
  await withBench(options, stop.signal, note, async (bench) => {
    for (const name of options.lanes) {
      note(`lane ${name}`);
      const report = await lanes.find((lane) => lane.name === name)!.run(bench);
      reports.push(report);
      if (!options.json) process.stdout.write(`${renderTable([report])}\n`);
    }
  });
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ machine: before, options, reports }, null, 2)}\n`);
  } else {
    const { cores, gigabytes, node, load } = before;
    const text = `${cores} cores, ${gigabytes} GB, Node ${node}, load at the start`;
    process.stdout.write(`${text} ${load.toFixed(1)}\n`);
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  note(error instanceof Error && !isUsage ? (error.stack ?? error.message) : String(error));
  if (isUsage) note(usage(names));
  process.exitCode = isUsage ? exitUsage : exitCrash;
}
