/**
 * Lets several asynchronous workers take steps one at a time, in an order that is plain data.
 *
 * A worker asks for a turn before each step that others may see. Only when all workers wait or have
 * ended does the next choice say whose turn it is, so one list of numbers is one interleaving: it
 * replays, it shrinks, and it can be kept in a file, which fast-check's own scheduler cannot.
 */

/** Resolves when it is this worker's turn. */
export type Turn = () => Promise<void>;

const stepsMax = 5_000;

/** Runs all workers to their ends. Choices are taken in turn, again from the first when used up. */
export async function inTurns(
  choices: readonly number[],
  workers: ReadonlyArray<(turn: Turn) => Promise<void>>,
): Promise<void> {
  const waiting = new Map<number, () => void>();
  let active = workers.length;
  let quiet = Promise.withResolvers<void>();
  const rests = () => {
    active -= 1;
    if (active === 0) quiet.resolve();
  };
  const ended = workers.map(async (worker, i) => {
    const turn = () =>
      new Promise<void>((resolve) => {
        waiting.set(i, resolve);
        rests();
      });
    try {
      await worker(turn);
    } finally {
      rests();
    }
  });
  for (let step = 0; step < stepsMax; step += 1) {
    await quiet.promise;
    const names = [...waiting.keys()].sort((a, b) => a - b);
    if (names.length === 0) break;
    const chosen = names[(choices[step % choices.length] ?? 0) % names.length]!;
    const go = waiting.get(chosen)!;
    waiting.delete(chosen);
    active = 1;
    quiet = Promise.withResolvers();
    go();
  }
  if (waiting.size > 0) throw new Error(`workers still wait after ${stepsMax} steps`);
  await Promise.all(ended);
}
