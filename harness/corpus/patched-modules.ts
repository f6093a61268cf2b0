/**
 * Imports production code with one mechanism taken out, while the code on disk stays as it is.
 *
 * A planted bug must run in the code it is planted in, yet no switch, flag or environment variable
 * in production may ever reach it. So a bug is data that stands here in the harness: a text that
 * is replaced between reading a file and running it. `importPatched` loads the entry with a query
 * (`?patch=<id>`), relative imports of project files inherit the query, and so a whole second graph
 * of modules comes to be beside the clean one. Packages, `node:` builtins and shared files (the
 * error type, whose identity callers test) are the same modules in both.
 *
 * A patch cannot rot silently: a text that is not there exactly once, or a file that the entry
 * never loads, is an error that names the patch. It works in plain Node, in the thread that calls
 * it; a test runner that replaces `import()` by its own loader never asks the hooks.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { type Edit, type Patch, PatchError, patchedText } from './patch.ts';

const root = resolve(import.meta.dirname, '../..');

export interface PatchOptions {
  /** Folders, from the root of the repository, whose files are loaded anew for a patch. */
  readonly folders?: readonly string[];
  /** Files in these folders that stay the same modules as everywhere else. */
  readonly shared?: readonly string[];
}

const defaults: Required<PatchOptions> = {
  folders: ['src'],
  shared: ['src/pipeline/errors.ts'],
};

/** One patch in force: its texts by URL without query, and which of them were asked for. */
interface Patched {
  readonly edits: readonly Edit[];
  readonly options: Required<PatchOptions>;
  readonly texts: ReadonlyMap<string, string>;
  readonly loaded: Set<string>;
  readonly folderUrls: readonly string[];
  readonly sharedUrls: ReadonlySet<string>;
}

const patches = new Map<string, Patched>();
let hooked = false;

/**
 * The module `entryFile` (a path from the root) and all it imports, with the edits of `patch`.
 * The same patch gives the same modules again; an id stands for one list of edits only.
 * Fails with a `PatchError`, and with whatever the modules throw while they are loaded.
 */
export async function importPatched<T>(
  entryFile: string,
  patch: Patch,
  options: PatchOptions = {},
): Promise<T> {
  const patched = register(patch, { ...defaults, ...options });
  installHooks();
  const module: T = await import(`${urlOf(entryFile)}?${queryOf(patch.id)}`);
  const unseen = patch.edits.find((edit) => !patched.loaded.has(urlOf(edit.file)));
  if (unseen !== undefined)
    throw new PatchError(
      'patch-not-loaded',
      `patch ${patch.id}: ${entryFile} was imported, but ${unseen.file} was never loaded with the patch. ` +
        'Does the entry import it, is it in one of the folders and not shared, and is this plain Node?',
    );
  return module;
}

function register(patch: Patch, options: Required<PatchOptions>): Patched {
  const known = patches.get(patch.id);
  if (known !== undefined) {
    if (isDeepStrictEqual([known.edits, known.options], [patch.edits, options])) return known;
    throw new PatchError(
      'patch-id-reused',
      `patch ${patch.id}: another patch was imported under this id; give each its own`,
    );
  }
  const files = [...new Set(patch.edits.map((edit) => edit.file))];
  const texts = files.map((file): [string, string] => {
    const edits = patch.edits.filter((edit) => edit.file === file);
    return [urlOf(file), patchedText(patch.id, file, readText(patch.id, file), edits)];
  });
  const patched: Patched = {
    edits: structuredClone(patch.edits),
    options,
    texts: new Map(texts),
    loaded: new Set(),
    folderUrls: options.folders.map((folder) => `${urlOf(folder)}/`),
    sharedUrls: new Set(options.shared.map(urlOf)),
  };
  patches.set(patch.id, patched);
  return patched;
}

function readText(id: string, file: string): string {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch (error) {
    throw new PatchError('patch-stale', `patch ${id}: ${file} cannot be read`, error);
  }
}

/** Hooks stay for the life of the thread, because a patched module may import later on. */
function installHooks(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(specifier, context);
      const id = patchIdOf(context.parentURL);
      if (id === null || !specifier.startsWith('.') || !inherits(id, found.url)) return found;
      return { ...found, url: `${found.url}?${queryOf(id)}` };
    },
    load(url, context, nextLoad) {
      const id = patchIdOf(url);
      const patched = id === null ? undefined : patches.get(id);
      const plain = url.replace(/[?#].*$/, '');
      const source = patched?.texts.get(plain);
      if (patched === undefined || source === undefined) return nextLoad(url, context);
      patched.loaded.add(plain);
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}

function inherits(id: string, url: string): boolean {
  const patched = patches.get(id);
  if (patched === undefined || !url.endsWith('.ts') || patched.sharedUrls.has(url)) return false;
  return patched.folderUrls.some((folder) => url.startsWith(folder));
}

function urlOf(file: string): string {
  return pathToFileURL(join(root, file)).href;
}

function queryOf(id: string): string {
  return `patch=${encodeURIComponent(id)}`;
}

function patchIdOf(url: string | undefined): string | null {
  return url?.includes('?patch=') ? new URL(url).searchParams.get('patch') : null;
}
