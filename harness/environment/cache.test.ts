import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder, install, isInstalled, pinHash, readMarker } from './cache.ts';
import { temporaryFolder } from './dummy.test-kit.ts';

const component = { name: 'thing', version: '1.0', pinHash: pinHash('pin') };
const report = () => undefined;

test('a component is built once, whoever asks and how often', async () => {
  const cache = temporaryFolder();
  let builds = 0;
  const build = async (folder: string) => {
    builds += 1;
    writeFileSync(join(folder, 'file'), 'x');
  };
  const asks = [1, 2, 3].map(() => install(component, build, { cache, report }));
  const folders = await Promise.all(asks);
  expect(builds).toBe(1);
  expect(new Set(folders).size).toBe(1);
  expect(existsSync(join(folders[0]!, 'file'))).toBe(true);
  expect(readMarker(cache, component)).toMatchObject(component);
});

test('a build that fails leaves nothing that looks installed, and the next one succeeds', async () => {
  const cache = temporaryFolder();
  const fails = async (folder: string) => {
    writeFileSync(join(folder, 'half'), 'x');
    throw new Error('the network went away');
  };
  await expect(install(component, fails, { cache, report })).rejects.toThrow('went away');
  expect(isInstalled(cache, component)).toBe(false);
  expect(readdirSync(join(cache, 'thing'))).toEqual([]);
  const folder = await install(component, async () => undefined, { cache, report });
  expect(readdirSync(folder)).toEqual(['installed.json']);
});

test('what a killed build left behind is removed by the next', async () => {
  const cache = temporaryFolder();
  mkdirSync(join(cache, 'thing', 'building-1'), { recursive: true });
  await install(component, async () => undefined, { cache, report });
  expect(readdirSync(join(cache, 'thing'))).toEqual([`1.0-${component.pinHash}`]);
});

test('a changed pin is another component', () => {
  expect(pinHash('a', 'b')).not.toBe(pinHash('ab'));
  expect(isInstalled(temporaryFolder(), component)).toBe(false);
});

test('the cache lies where the environment says, and for root outside of its home', () => {
  expect(cacheFolder({ TIDEMARK_CACHE: '/elsewhere' })).toBe('/elsewhere');
  const usual = cacheFolder({ XDG_CACHE_HOME: '/xdg' });
  expect(usual).toBe(process.getuid?.() === 0 ? '/var/cache/tidemark' : '/xdg/tidemark');
});
