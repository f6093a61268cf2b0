/**
 * A cache of a test's own that shares only the components with the real one.
 *
 * What a test reaps, keeps or ends then can't belong to anybody else on this machine, and nothing
 * is fetched twice.
 */

import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { cacheFolder } from './cache.ts';
import { temporaryFolder } from './dummy.test-kit.ts';
import { fetchComponents } from './fetch.ts';

/** The folder; until the test ends it also is what `TIDEMARK_CACHE` says. */
export async function otherCache(): Promise<string> {
  const real = cacheFolder();
  await fetchComponents(real, () => undefined);
  const cache = temporaryFolder();
  chmodSync(cache, 0o755);
  for (const name of ['kafka', 'kafka-image', 'postgres', 'toxiproxy']) {
    mkdirSync(join(real, name), { recursive: true });
    symlinkSync(join(real, name), join(cache, name));
  }
  const before = process.env.TIDEMARK_CACHE;
  process.env.TIDEMARK_CACHE = cache;
  onTestFinished(() => {
    if (before === undefined) delete process.env.TIDEMARK_CACHE;
    else process.env.TIDEMARK_CACHE = before;
  });
  return cache;
}
