/**
 * What all lanes share: the real services, started once, and a folder for logs and journals.
 *
 * Whatever a lane starts is recorded with the environment's run, so that a benchmark that is
 * killed leaves no process behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Addresses } from '../../harness/environment/environment.ts';
import { createLocalEnvironment, type LocalEnvironment } from '../../harness/environment/local.ts';
import { identityOf } from '../../harness/environment/process-table.ts';
import type { BenchOptions } from './arguments.ts';
import { createTopics, type Topics } from './topics.ts';

export interface Bench {
  readonly options: BenchOptions;
  readonly environment: LocalEnvironment;
  readonly addresses: Addresses;
  /** For logs and journals; removed at the end. */
  readonly folder: string;
  readonly topics: Topics;
  readonly signal: AbortSignal;
  /** Progress, for people. */
  note(text: string): void;
  /** Records a process that this one has just started. */
  register(pid: number, name: string): void;
}

/** Starts the services, runs `use`, and stops and removes everything on every way out. */
export async function withBench<T>(
  options: BenchOptions,
  signal: AbortSignal,
  note: (text: string) => void,
  use: (bench: Bench) => Promise<T>,
): Promise<T> {
  const environment = createLocalEnvironment({
    signal,
    onProgress: (event) => note(`${event.subject}: ${event.text}`),
  });
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  try {
    const addresses = await environment.start();
    const topics = createTopics(addresses.direct.kafkaBootstrap, folder, signal, note);
    return await use({
      options,
      environment,
      addresses,
      folder,
      topics,
      signal,
      note,
      register: (pid, name) =>
        environment.runFolder.add({
          ...identityOf(pid),
          name: `${name}-${pid}`,
          command: name,
          stopSignal: 'SIGTERM',
        }),
    });
  } finally {
    await environment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
