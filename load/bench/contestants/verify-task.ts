/** The proof of all layers in a process of its own, readers chosen by the verifier itself. */
import { type VerifyOptions, verify } from '../../../harness/checkers/verify.ts';
import { systemClock } from '../../../harness/system-clock.ts';
import { serveTask } from '../child-task.ts';

export interface VerifyTaskResult {
  readonly durationMs: number;
  readonly verdict: string;
  /** Why it is not `pass`. */
  readonly reasons: readonly string[];
  readonly layers: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

await serveTask<VerifyOptions, VerifyTaskResult>(async (options) => {
  const startMs = systemClock.monotonicMs();
  const result = await verify(options, () => undefined);
  const durationMs = systemClock.monotonicMs() - startMs;
  const failed = result.checks.filter((check) => check.verdict !== 'pass');
  return {
    durationMs,
    verdict: result.verdict,
    reasons: [
      ...failed.map((check) => JSON.stringify(check)),
      ...result.findings.map((finding) => `${finding.code}: ${finding.message}`),
    ].slice(0, 10),
    layers: result.layers.map((layer) => ({ ...layer })),
  };
});
