/**
 * A fold over a history that is computed once, however many checkers ask for it.
 *
 * Kept as long as the history itself. What a fold gives is shared, so nobody changes it.
 */
import type { History } from './history.ts';

export function perHistory<T>(fold: (history: History) => T): (history: History) => T {
  const known = new WeakMap<History, { readonly value: T }>();
  const make = (history: History) => {
    const made = { value: fold(history) };
    known.set(history, made);
    return made;
  };
  return (history) => (known.get(history) ?? make(history)).value;
}
