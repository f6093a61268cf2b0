/**
 * Lets the rest of the program have its turn.
 *
 * A simulated run never waits for anything real, so without a pause now and then no signal and no
 * timer would be heard before the last run.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
