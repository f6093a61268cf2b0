/**
 * A patch as data, and its application to a source text.
 *
 * An edit names the text it replaces, either by the text alone, which must stand in the file
 * exactly once, or by a position and the text that must stand there. Both forms are refused, by
 * the name of the patch, as soon as the file no longer agrees: a planted bug that silently stopped
 * being planted would make the harness look better than it is. Edits of one file must not overlap.
 * Nothing here reads a file or loads a module.
 */

/** Replaces the only occurrence of a text. */
export interface TextEdit {
  /** A path from the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Replaces a text at a position, where it may occur elsewhere too. */
export interface PositionEdit extends TextEdit {
  /** Offset of the first character of `find`, in UTF-16 units. */
  readonly at: number;
}

export type Edit = TextEdit | PositionEdit;

export interface Patch {
  readonly id: string;
  readonly edits: readonly Edit[];
}

export const patchErrorCodes = ['patch-stale', 'patch-not-loaded', 'patch-id-reused'] as const;
export type PatchErrorCode = (typeof patchErrorCodes)[number];

export class PatchError extends Error {
  readonly code: PatchErrorCode;

  constructor(code: PatchErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'PatchError';
    this.code = code;
  }
}

interface Place {
  readonly at: number;
  readonly end: number;
  readonly replace: string;
}

/** `text` with all edits applied. Fails with `patch-stale` when one of them does not fit. */
export function patchedText(
  id: string,
  file: string,
  text: string,
  edits: readonly Edit[],
): string {
  const refuse = (why: string) => new PatchError('patch-stale', `patch ${id}: ${file}: ${why}`);
  const places = edits
    .map((edit): Place => {
      const at = placeOf(text, edit, refuse);
      return { at, end: at + edit.find.length, replace: edit.replace };
    })
    .sort((a, b) => a.at - b.at);
  let done = '';
  let end = 0;
  for (const place of places) {
    if (place.at < end) throw refuse('two edits overlap');
    done += text.slice(end, place.at) + place.replace;
    end = place.end;
  }
  return done + text.slice(end);
}

function placeOf(text: string, edit: Edit, refuse: (why: string) => PatchError): number {
  const wanted = JSON.stringify(edit.find);
  if (edit.find === '') throw refuse('an edit must name the text it replaces');
  if (edit.find === edit.replace) throw refuse(`replaces ${wanted} by itself`);
  if ('at' in edit) {
    if (text.startsWith(edit.find, edit.at)) return edit.at;
    throw refuse(`${wanted} does not stand at ${edit.at}`);
  }
  const times = text.split(edit.find).length - 1;
  if (times !== 1) throw refuse(`${wanted} occurs ${times} times, not once`);
  return text.indexOf(edit.find);
}
