/**
 * The programs that must be on the machine: Java to run the broker, Maven and Go to fetch once.
 *
 * Each is looked up by running it and reading its version, which also proves that it starts. What
 * is missing or too old becomes an error that says what it is for and how to get it; nothing is
 * started before all of them are known to be here.
 */

import { join } from 'node:path';
import { runCommand } from './command.ts';
import { EnvironmentError } from './environment-error.ts';

export interface Tool {
  readonly name: string;
  readonly versionArgs: readonly string[];
  readonly versionPattern: RegExp;
  /** Lowest version that works, such as `1.24`. */
  readonly versionMin: string;
  readonly purpose: string;
  readonly howToGet: string;
}

export interface FoundTool {
  readonly command: string;
  readonly version: string;
}

export const tools = {
  java: {
    name: 'Java',
    versionArgs: ['-version'],
    versionPattern: /version "([^"]+)"/,
    versionMin: '17',
    purpose: 'the Kafka broker runs on it',
    howToGet: 'install a JDK or JRE 17 or newer (Debian: apt-get install openjdk-17-jre-headless)',
  },
  maven: {
    name: 'Maven',
    versionArgs: ['-B', '-version'],
    versionPattern: /Apache Maven (\S+)/,
    versionMin: '3.6',
    purpose: 'it fetches the Kafka jars, once',
    howToGet: 'install Maven 3.6 or newer (Debian: apt-get install maven)',
  },
  go: {
    name: 'Go',
    versionArgs: ['version'],
    versionPattern: /go(\d[\w.]*)/,
    versionMin: '1.24',
    purpose: 'it fetches and builds Toxiproxy, once',
    howToGet: 'install Go 1.24 or newer and put its bin folder on the PATH',
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

/**
 * Where the tool is looked for, best first. `JAVA_HOME` wins over the PATH, as it does for Maven.
 */
function candidates(name: ToolName, env: NodeJS.ProcessEnv): string[] {
  if (name === 'go') return ['go'];
  if (name === 'maven') return ['mvn'];
  return [...(env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')] : []), 'java'];
}

/** Null when the tool can't be run; a version below the minimum is returned as it is. */
export async function findTool(
  name: ToolName,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundTool | null> {
  const { versionArgs, versionPattern } = tools[name];
  for (const command of candidates(name, env)) {
    try {
      const lines = await runCommand(command, versionArgs, { env });
      const version = versionPattern.exec(lines.join('\n'))?.[1];
      if (version !== undefined) return { command, version };
    } catch {
      // A candidate that does not start is not here; the caller hears about it as null or as
      // `tool-missing`.
    }
  }
  return null;
}

/** The tool, or `tool-missing` with what to do. */
export async function requireTool(
  name: ToolName,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundTool> {
  const tool: Tool = tools[name];
  const found = await findTool(name, env);
  if (found === null) {
    const text = `${tool.name} is missing: ${tool.purpose}. To get it: ${tool.howToGet}.`;
    throw new EnvironmentError('tool-missing', text);
  }
  if (!isAtLeast(found.version, tool.versionMin)) {
    const text = `${tool.name} ${found.version} is too old: ${tool.purpose}. To get a newer one: ${tool.howToGet}.`;
    throw new EnvironmentError('tool-missing', text);
  }
  return found;
}

/** Compares the leading numbers of two versions. */
export function isAtLeast(version: string, versionMin: string): boolean {
  const [have, want] = [version, versionMin].map((text) => text.split(/\D+/).map(Number));
  for (const [index, wanted] of want!.entries()) {
    const value = have![index] ?? 0;
    if (value !== wanted) return value > wanted;
  }
  return true;
}
