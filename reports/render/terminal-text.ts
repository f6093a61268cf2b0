/**
 * Colour and width for a terminal.
 *
 * Colour only repeats what the words already say, so a report without it loses nothing. Lines are
 * cut at the terminal's width with a mark, because a wrapped table can't be read. Escape sequences
 * do not count as width.
 */
import type { Verdict } from '../../harness/experiment/journal-events.ts';

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  verdict(verdict: Verdict, text: string): string;
  /** White on the colour of the verdict. */
  badge(verdict: Verdict, text: string): string;
  /** The colour of an equality mark. */
  letter(letter: string, text: string): string;
}

const codes: Readonly<Record<Verdict, { text: string; badge: string }>> = {
  pass: { text: '32', badge: '1;97;42' },
  violated: { text: '31', badge: '1;97;41' },
  inconclusive: { text: '33', badge: '1;30;43' },
};

const letterCodes = ['36', '35', '33', '34', '31', '32'];

export function painter(color: boolean): Paint {
  const wrap = (code: string) => (text: string) =>
    color && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text;
  return {
    bold: wrap('1'),
    dim: wrap('2'),
    good: wrap('32'),
    bad: wrap('31'),
    warn: wrap('33'),
    verdict: (verdict, text) => wrap(codes[verdict].text)(text),
    badge: (verdict, text) => wrap(codes[verdict].badge)(color ? text : `[${text.trim()}]`),
    letter: (letter, text) => wrap(letterCodes[letter.charCodeAt(0) % letterCodes.length]!)(text),
  };
}

/** Whether to colour: `NO_COLOR` set to anything forbids it, otherwise a terminal gets it. */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const sequence = /\x1b\[[0-9;]*m/g;
const sequenceApart = new RegExp(`(${sequence.source})`);

export function withoutColor(text: string): string {
  return text.replace(sequence, '');
}

/** Width in columns without the escape sequences. */
export function widthOf(line: string): number {
  return [...withoutColor(line)].length;
}

/** The line cut to `width` columns, with `…` at the end when something was cut. */
export function fitted(line: string, width: number): string {
  if (widthOf(line) <= width) return line;
  let [shown, columns] = ['', 0];
  for (const piece of line.split(sequenceApart)) {
    if (piece.startsWith('\x1b[')) {
      shown += piece;
      continue;
    }
    const room = Math.max(0, width - 1 - columns);
    const characters = [...piece].slice(0, room);
    shown += characters.join('');
    columns += characters.length;
    if (columns >= width - 1 && characters.length < [...piece].length) break;
  }
  return `${shown}…${shown.includes('\x1b[') ? '\x1b[0m' : ''}`;
}

/**
 * Words of a text in lines of at most `width` columns; at most `linesMax` lines, the last one cut.
 */
export function wrapped(text: string, width: number, linesMax: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    const joined = line === '' ? word : `${line} ${word}`;
    if (joined.length <= width || line === '' || lines.length === linesMax) {
      lines[lines.length - 1] = joined;
    } else lines.push(word);
  }
  return lines;
}
