import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './dummy.test-kit.ts';
import { findTool, isAtLeast, requireTool } from './tools.ts';

/** An environment in which only these fake programs exist. */
function machineWith(programs: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const folder = temporaryFolder();
  for (const [name, says] of Object.entries(programs)) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho '${says}' >&2\n`);
    chmodSync(path, 0o755);
  }
  return { PATH: folder };
}

test('a missing tool is named, with what it is for and how to get it', async () => {
  const missing = requireTool('java', machineWith({}));
  await expect(missing).rejects.toMatchObject({ code: 'tool-missing' });
  await expect(missing).rejects.toThrow(
    /Java is missing: the Kafka broker.*install a JDK or JRE 17/,
  );
});

test('a tool that is too old is refused with its version', async () => {
  const old = requireTool('java', machineWith({ java: 'openjdk version "11.0.2"' }));
  await expect(old).rejects.toThrow('Java 11.0.2 is too old');
});

test('the version is read from what each tool really says', async () => {
  const env = machineWith({
    java: 'openjdk version "17.0.15" 2025-04-15',
    mvn: 'Apache Maven 3.8.7',
    go: 'go version go1.26.8 linux/amd64',
  });
  const found = await Promise.all([
    findTool('java', env),
    findTool('maven', env),
    findTool('go', env),
  ]);
  expect(found.map((tool) => tool?.version)).toEqual(['17.0.15', '3.8.7', '1.26.8']);
});

test('versions are compared as numbers', () => {
  expect(isAtLeast('1.24', '1.24')).toBe(true);
  expect(isAtLeast('1.9.9', '1.24')).toBe(false);
  expect(isAtLeast('21', '17')).toBe(true);
  expect(isAtLeast('1.8.0_402', '17')).toBe(false);
  expect(isAtLeast('18.4.0-beta.17', '0')).toBe(true);
});
