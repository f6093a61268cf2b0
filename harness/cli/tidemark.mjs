#!/usr/bin/env node
/**
 * The launcher of `tidemark`: makes sure that Node is new enough to run TypeScript as it is, then
 * hands over.
 *
 * npm scripts and npx find the project's own Node 24 first, and then this file only imports the
 * command line. Started by an older Node it runs the project's one as a child that shares its
 * streams, passes signals on, and ends when the launcher is killed, so that no service lives on
 * unseen.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 2)) {
  await import(main);
} else {
  const node = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(node)) {
    process.stderr.write(
      'tidemark needs Node 24; run `npm ci` in its folder, which installs one for it.\n',
    );
    process.exit(254);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 255 : (code ?? 255)));
}
