/**
 * The client of a job: `docker exec` in a flow run, which starts the script and waits for its end.
 *
 * It only looks. Whether it is killed, or hears nothing any more, makes no difference to the job.
 */
import { TidemarkError } from '../../src/pipeline/errors.ts';
import type { Life } from '../simulation/kernel/process.ts';
import type { Remote } from '../simulation/remote.ts';
import type { Script, ScriptRuns } from './script-runs.ts';

const pollMs = 1_000;

/** Resolves when the job succeeded; fails when it did not, or nothing was heard of it. */
export async function runClient(
  life: Life,
  remote: Remote,
  jobs: ScriptRuns,
  script: Script,
): Promise<void> {
  const job = await remote.call('warehouse.submit-job', () => jobs.start(script));
  for (;;) {
    await life.clock.sleep(pollMs);
    const state = await remote.call('warehouse.job-state', () => jobs.state(job));
    if (state === 'succeeded') return;
    if (state === 'failed') throw new TidemarkError('refused', `job ${job} ended with an error`);
  }
}
