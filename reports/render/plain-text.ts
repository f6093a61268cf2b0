/**
 * Small texts that every report writes the same way: numbers, durations, and strings that came from
 * outside.
 *
 * Values of records are somebody else's bytes. Shown as they are they could move the cursor, colour
 * a lie green or turn the reading direction around, so everything that is not plainly visible is
 * written as an escape. Numbers are grouped by thousands with commas, whatever the machine's
 * locale.
 */

/** `34419` becomes `34,419`; takes numbers, bigints and decimal text. */
export function grouped(value: number | bigint | string): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Milliseconds as people say them: `38 ms`, `1.7 s`, `20.4 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 99_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Bytes in GiB or MiB with one decimal. */
export function bytesText(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return gib >= 1 ? `${gib.toFixed(1)} GiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** `1 finding`, `2 findings`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * Control and format characters (among them the marks that turn the reading direction), separators,
 * half surrogates.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * The text with everything invisible written as `\xHH` or `\u{HHHH}`; safe for a terminal and
 * honest on a page.
 */
export function visible(text: string): string {
  return text.replace(invisible, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
  });
}

/** At most `charactersMax` characters; what was cut is counted. */
export function shortened(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const rest = text.length - charactersMax;
  return `${text.slice(0, charactersMax)}… (${grouped(rest)} more characters)`;
}
