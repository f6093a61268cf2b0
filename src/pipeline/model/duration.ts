/** Durations as people write them: `500ms`, `30s`, `15m`, `2h`. */
import { TidemarkError } from '../errors.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds. Fails with `config-invalid` on anything else. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
  if (match === null || Number(match[1]) === 0) {
    throw new TidemarkError(
      'config-invalid',
      `expected a duration such as 500ms, 30s, 15m or 2h, not ${text}`,
    );
  }
  return Number(match[1]) * unitMs[match[2]!]!;
}
