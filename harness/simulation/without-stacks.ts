/**
 * Runs many simulations without stack traces.
 *
 * Refusals and aborts are ordinary in a simulated run, and collecting a stack for each of them
 * costs about a twentieth of its time. A run that fails is replayed anyway, and then it has its
 * stack.
 */
export async function withoutStacks<T>(run: () => Promise<T>): Promise<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
