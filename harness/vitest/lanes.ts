/**
 * Lanes: tests that need something a machine may not have, such as a browser.
 *
 * A lane that does not run is never silent. On a developer's machine it is skipped under a title
 * that says why, and the reporter repeats that before its last line. Under `CI=true` the same lane
 * fails, because there a missing component is a mistake in the setup and a green run without it
 * would be a lie.
 */
import { describe, test } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Set on the suite of a lane that is not run. */
    laneNotRun?: { readonly name: string; readonly reason: string };
  }
}

/** Registers the tests of a lane, in place of `describe`. */
export type LaneSuite = (title: string, body: () => void) => void;

/** True under the CI convention `CI=true` (or `1`). */
export function mustRunAllLanes(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.CI === 'true' || env.CI === '1';
}

/**
 * Gives the `describe` of a lane. `reason` says what is missing, or is null when the lane can run.
 * Outside CI a lane with a reason is skipped by name; under CI it becomes one failing test with
 * that reason.
 */
export function requireLane(
  name: string,
  reason: string | null,
  mustRun: boolean = mustRunAllLanes(),
): LaneSuite {
  if (reason === null) return (title, body) => void describe(title, body);
  const notRun = `lane ${name} not run: ${reason}`;
  if (mustRun) {
    return (title) =>
      void describe(title, () => {
        test(notRun, () => {
          throw new Error(`${notRun}. Under CI=true every lane has to run`);
        });
      });
  }
  return (title, body) =>
    void describe(
      `${title} (${notRun})`,
      { skip: true, meta: { laneNotRun: { name, reason } } },
      body,
    );
}
