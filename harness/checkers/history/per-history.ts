/**
 * A fold over a history that is computed once, however many checkers ask for it.
 *
 * Only the latest history is remembered: whoever judges one history after the other loses nothing,
 * and what was folded of the one before is garbage at once. A map with weak keys would keep it
 * alive until the next full collection, which costs more than the folds. What a fold gives is
 * shared, so nobody changes it.
 */
import type { History } from './history.ts';

export function perHistory<T extends object>(
  fold: (history: History) => T,
): (history: History) => T {
  let latest: { readonly history: History | null; readonly value: T | null } = {
    history: null,
    value: null,
  };
  return (history) => {
    if (latest.history !== history) latest = { history, value: fold(history) };
    return latest.value ?? fold(history);
  };
}
