/**
 * Durations as people write them: `500ms`, `30s`, `15m`, `2h`.
 *
 * Node's timers count in 31 bits and fire at once when they are given more, so a duration beyond
 * that would be a busy loop in the place of a long wait. It is refused here, where its text is
 * still at hand.
 */
import { TidemarkError } from '../errors.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The longest that a timer can wait, in milliseconds: 24 days and 20 hours. */
export const durationMsMax = 2 ** 31 - 1;

/** Milliseconds, from 1 to `durationMsMax`. Fails with `config-invalid` on anything else. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,10})(ms|s|m|h)$/.exec(text);
  const ms = match === null ? 0 : Number(match[1]) * unitMs[match[2]!]!;
  if (ms > 0 && ms <= durationMsMax) return ms;
  throw new TidemarkError(
    'config-invalid',
    `expected a duration such as 500ms, 30s, 15m or 2h, at most 596h, not ${text}`,
  );
}
