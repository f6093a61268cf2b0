/**
 * Runs several pieces of work at once, all or nothing.
 *
 * The first that fails aborts the others, and its error is the one that counts: the failures that
 * follow from the abort say nothing. It resolves or rejects only when every piece has ended, so
 * nothing runs on behind the caller's back.
 */

/** Results in the order of `works`. Each piece gets a signal that it must heed. */
export async function sideBySide<T extends readonly unknown[]>(
  works: { readonly [K in keyof T]: (signal: AbortSignal) => Promise<T[K]> },
  signal?: AbortSignal,
): Promise<T> {
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  let first: { readonly error: unknown } | undefined;
  const running = works.map(async (work) => {
    try {
      return await work(either);
    } catch (error) {
      first ??= { error };
      failed.abort(error);
      return undefined;
    }
  });
  const results = await Promise.all(running);
  if (first !== undefined) throw first.error;
  return results as unknown as T;
}
