/**
 * Group D: the mutation score of the history checkers. Their comparisons, bounds and joins are
 * changed one at a time, and their own cases have to notice.
 *
 * Each mutant runs in a worker thread with a time limit; one that never ends is an error and counts
 * against the score. Node keeps every module it ever loaded, so the thread is replaced now and
 * then.
 */
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../system-clock.ts';
import { checkerFiles } from './checker-files.ts';
import { judgeMutants, type MutationScore } from './judge-mutants.ts';
import type { MutantAnswer, MutantTask } from './mutant-worker.ts';
import { mutantsOf } from './mutants-of.ts';

const mutantMsMax = 5_000;
const mutantsAThreadMax = 250;

export interface CheckerScore extends MutationScore {
  /** File to killed and total. */
  readonly files: ReadonlyMap<string, { readonly killed: number; readonly total: number }>;
}

class Thread {
  #worker: Worker | null = null;
  #used = 0;

  async run(task: MutantTask): Promise<MutantAnswer> {
    if (this.#used >= mutantsAThreadMax) await this.end();
    this.#worker ??= new Worker(new URL('./mutant-worker.ts', import.meta.url));
    this.#used += 1;
    const worker = this.#worker;
    const ended = new AbortController();
    const { promise: answer, resolve, reject } = Promise.withResolvers<MutantAnswer>();
    worker.once('message', resolve);
    worker.once('error', reject);
    const late: MutantAnswer = { fate: 'error', reason: `no answer in ${mutantMsMax} ms` };
    worker.postMessage(task);
    const bound = systemClock.sleep(mutantMsMax, ended.signal).then(() => late);
    const first = await Promise.race([answer, bound]);
    ended.abort();
    worker.off('message', resolve);
    worker.off('error', reject);
    if (first === late) await this.end();
    return first;
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#used = 0;
    await worker?.terminate();
  }
}

/** `everyNth` 3 judges every third mutant, for a quick look; 1 all of them. */
export async function scoreCheckers(
  everyNth: number,
  onProgress: (done: number, total: number) => void,
): Promise<CheckerScore> {
  const tasks = checkerFiles()
    .filter(({ checkers }) => checkers.length > 0)
    .flatMap(({ file, checkers }) => mutantsOf(file).map((mutant) => ({ mutant, checkers })))
    .filter((_, index) => index % everyNth === 0);
  const byId = new Map(tasks.map((task) => [task.mutant.id, task]));
  const files = new Map<string, { killed: number; total: number }>();
  const thread = new Thread();
  try {
    const score = await judgeMutants(
      tasks.map(({ mutant }) => mutant),
      async (mutant) => (await thread.run(byId.get(mutant.id)!)).fate,
      ({ mutant, fate, done, total }) => {
        const file = files.get(mutant.file) ?? { killed: 0, total: 0 };
        files.set(mutant.file, file);
        file.total += 1;
        if (fate === 'killed') file.killed += 1;
        onProgress(done, total);
      },
    );
    return { ...score, files };
  } finally {
    await thread.end();
  }
}
