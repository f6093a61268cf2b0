/**
 * After `npm ci`: makes `npx tidemark` find the command line of this folder.
 *
 * npm links the commands of dependencies into node_modules/.bin, but not those of the project
 * itself; npx would then ask whether to install a package of that name. The link is relative and
 * made anew each time.
 */
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../node_modules/.bin/', import.meta.url);
const link = new URL('tidemark', folder);
mkdirSync(folder, { recursive: true });
rmSync(link, { force: true });
symlinkSync('../../harness/cli/tidemark.mjs', link);
chmodSync(fileURLToPath(new URL('./tidemark.mjs', import.meta.url)), 0o755);
