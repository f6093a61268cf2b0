/**
 * The outline of a JSON text: its top-level members with their source text, and whether the text
 * fits.
 *
 * JSON.parse decides what is JSON, but it forgets what this proof needs: keys that stand twice, and
 * how a number was written. So this scanner walks over a text that JSON.parse has already accepted
 * and may therefore be simple. It also checks the limits that docs/reference/binance-trade.md adds
 * to RFC 8259: numbers that fit, escapes that pair up, and the depth. It does not build values.
 */

/** Arrays and objects that are not empty may stand inside one another this often. */
export const depthMax = 1023;

export interface JsonMember {
  /** Unescaped. */
  readonly key: string;
  /** The value as it is written, without white space around it. */
  readonly source: string;
}

export interface JsonOutline {
  /**
   * Members of the top-level object in the order of the text, doubles included; null if the text is
   * no object.
   */
  readonly members: readonly JsonMember[] | null;
  /** False if a number, an escape or the depth breaks a limit of the reference page. */
  readonly fits: boolean;
}

const stringToken = /"(?:[^"\\]|\\.)*"/y;
const numberToken = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const emptyContainer = /\[[ \t\r\n]*\]|\{[ \t\r\n]*\}/y;
const integerMax = 18_446_744_073_709_551_615n;
const integerMin = -9_223_372_036_854_775_808n;
/** More digits than any integer that fits; keeps BigInt away from texts of megabytes. */
const integerCharsMax = 20;

function numberFits(source: string, isInteger: boolean): boolean {
  if (!isInteger) return Number.isFinite(Number(source));
  if (source.length > integerCharsMax) return false;
  const value = BigInt(source);
  return value >= integerMin && value <= integerMax;
}

function stringFits(source: string): boolean {
  return !source.includes('\\u') || (JSON.parse(source) as string).isWellFormed();
}

class OutlineScanner {
  readonly members: JsonMember[] = [];
  #fits = true;
  #at = 0;
  #depth = 0;
  #key: string | null = null;
  #valueStart = -1;
  #inObject = false;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): JsonOutline {
    const text = this.#text;
    this.#inObject = text.trimStart().startsWith('{');
    while (this.#at < text.length && this.#fits) this.#step(text.charCodeAt(this.#at));
    return { members: this.#inObject ? this.members : null, fits: this.#fits };
  }

  #token(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  #step(code: number): void {
    if (code === 0x22) this.#string();
    else if (code === 0x5b || code === 0x7b) this.#open();
    else if (code === 0x5d || code === 0x7d) this.#close();
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) this.#number();
    else this.#other(code);
  }

  /** A comma, a colon, white space, or a letter of true, false or null. */
  #other(code: number): void {
    if (code === 0x2c) {
      if (this.#depth === 1) this.#endMember();
    } else if (code > 0x20 && code !== 0x3a) this.#beginValue();
    this.#at += 1;
  }

  #string(): void {
    const source = this.#token(stringToken)![0];
    if (!stringFits(source)) this.#fits = false;
    else if (this.#depth === 1 && this.#inObject && this.#key === null) {
      this.#key = JSON.parse(source) as string;
    } else this.#beginValue();
    this.#at += source.length;
  }

  #number(): void {
    const [source, fraction, exponent] = this.#token(numberToken)!;
    if (!numberFits(source, fraction === undefined && exponent === undefined)) this.#fits = false;
    this.#beginValue();
    this.#at += source.length;
  }

  #open(): void {
    const empty = this.#token(emptyContainer);
    this.#beginValue();
    if (empty) {
      this.#at += empty[0].length;
      return;
    }
    this.#depth += 1;
    if (this.#depth > depthMax) this.#fits = false;
    this.#at += 1;
  }

  #close(): void {
    if (this.#depth === 1) this.#endMember();
    this.#depth -= 1;
    this.#at += 1;
  }

  #beginValue(): void {
    if (this.#depth === 1 && this.#valueStart < 0) this.#valueStart = this.#at;
  }

  #endMember(): void {
    if (this.#key === null) return;
    const source = this.#text.slice(this.#valueStart, this.#at).trimEnd();
    this.members.push({ key: this.#key, source });
    this.#key = null;
    this.#valueStart = -1;
  }
}

/** `text` must be one that JSON.parse accepts; the answer for anything else is undefined. */
export function outlineJson(text: string): JsonOutline {
  return new OutlineScanner(text).scan();
}
