/**
 * A small platform for tests of the whole proof: real services, a few thousand trades through the
 * real pipeline, then at rest.
 *
 * The pipeline has ended when `start` resolves, so that a test can spoil one thing, look, and put
 * it back.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalEnvironment } from '../environment/local.ts';
import { identityOf } from '../environment/process-table.ts';
import { LedgerView } from '../experiment/ledger-view.ts';
import { setUpMainJob } from '../experiment/main-job.ts';
import { type MainJobPlan, planMainJob } from '../experiment/main-job-plan.ts';
import { systemClock, waitFor } from '../system-clock.ts';
import { produceCommand } from '../workload/produce-command.ts';
import type { VerifyOptions } from './verify.ts';

export interface SmallPlatform {
  readonly context: Omit<VerifyOptions, 'readers' | 'expectComplete'>;
  stop(): Promise<void>;
}

const drainBoundMs = 60_000;
const catalog = 'lake';
const namespace = 'cold';
const database = 'tidemark';

/**
 * Produces `records` trades (some malformed, some doubled by the source) and waits until all are in
 * the lake.
 */
export async function startSmallPlatform(records: number): Promise<SmallPlatform> {
  const folder = mkdtempSync(join(tmpdir(), 'small-platform-'));
  const environment = createLocalEnvironment();
  const stop = async () => {
    await environment.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const addresses = await environment.start();
    const plan: MainJobPlan = { ...planMainJob(records), ratePerSecond: null };
    const ledger = new LedgerView(
      addresses.direct.postgresUrl,
      `${catalog}.${namespace}.bronze_trades_binance`,
    );
    const logFolder = join(folder, 'logs');
    mkdirSync(logFolder);
    const job = await setUpMainJob({
      addresses,
      plan,
      faults: [],
      logFolder,
      seed: 1,
      look: async () => ({ state: null, rows: 0 }),
      hooks: { nowMs: systemClock.nowMs, onBite: () => undefined, onObserved: () => undefined },
      onProcess: () => undefined,
      onSpawn: (pid, name) =>
        environment.runFolder.add({
          ...identityOf(pid),
          name,
          command: `tidemark ${name}`,
          stopSignal: 'SIGTERM',
        }),
    });
    const journal = join(folder, 'producer.journal');
    try {
      const produced = await produceCommand({
        records,
        seed: 7,
        malformed: 0.01,
        duplicated: 0.01,
        topic: plan.topic,
        partitions: 2,
        partitioning: 'round-robin',
        createTopic: true,
        bootstrapServers: addresses.direct.kafkaBootstrap,
        journal,
      });
      job.start();
      await Promise.race([drained(ledger, produced.partitions), job.failed]);
      await job.stop();
    } finally {
      await job.abandon();
      await ledger.close();
    }
    const { kafkaBootstrap, clickhouseUrl, postgresUrl } = addresses.direct;
    const { topic } = plan;
    const stores = { kafkaBootstrap, topic, clickhouseUrl, database, postgresUrl };
    return { context: { ...stores, catalog, namespace, producerJournal: journal }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function drained(
  ledger: LedgerView,
  partitions: ReadonlyArray<{ partition: number; offsetLast: string | null }>,
): Promise<true> {
  return waitFor(
    async () => {
      const progress = await ledger.progress();
      return (
        progress !== null &&
        progress.openBatches === 0 &&
        partitions.every(({ partition, offsetLast }) => {
          const end = BigInt(offsetLast ?? -1) + 1n;
          const lake = progress.lakeHeads.get(partition) ?? 0n;
          return (progress.bronzeHeads.get(partition) ?? 0n) >= end && lake >= end;
        })
      );
    },
    { condition: 'all records are in the lake', boundMs: drainBoundMs },
  );
}
