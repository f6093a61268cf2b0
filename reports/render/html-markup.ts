/**
 * Markup that can't be broken by what is put into it.
 *
 * `html` is a tagged template: every value that is not markup already is made visible (no control
 * or direction characters) and escaped for text and for quoted attributes. So a page is safe by
 * construction, and a place that forgets to escape can't be written. Attributes must be quoted in
 * the template, and nothing is ever put into a script or an unquoted place.
 */
import { visible } from './plain-text.ts';

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: null and false are nothing, lists are joined. */
export type Piece = Markup | string | number | null | false | readonly Piece[];

export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const texts = strings.map((text, index) => text + pieceText(pieces[index] ?? null));
  return new Markup(texts.join(''));
}

function pieceText(piece: Piece): string {
  if (piece === null || piece === false) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'string') return escaped(piece);
  if (typeof piece === 'number') return String(piece);
  return piece.map(pieceText).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

export function escaped(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (character) => entities[character] ?? '');
}

/** A number for an SVG attribute: one decimal is a tenth of a pixel. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
