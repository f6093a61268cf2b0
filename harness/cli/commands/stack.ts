/**
 * `tidemark doctor`, `up`, `status`, `down`: what the machine has, and a stack of services for work
 * by hand.
 */
import {
  doctor as runDoctor,
  down as runDown,
  status as runStatus,
  up as runUp,
  type StackReport,
} from '../../environment/commands.ts';
import { renderDoctor } from '../../environment/doctor.ts';
import { type Command, exitCodes } from '../command.ts';
import { createProgress } from '../progress.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'what is here, what is missing, what that switches off, how to get it',
  options: {},
  run: async ({ json, out }) => {
    const report = await runDoctor();
    out(json ? JSON.stringify(report) : renderDoctor(report));
    return report.canStart ? exitCodes.pass : exitCodes.inconclusive;
  },
};

export const up: Command = {
  name: 'up',
  summary: 'start the services for work by hand',
  options: {},
  run: async ({ json, out, signal }) => {
    const progress = createProgress(process.stderr, process.stderr.isTTY === true);
    progress.phase('environment');
    const stack = await runUp({
      signal,
      onProgress: (e) => progress.update(`${e.subject}: ${e.text}`),
    });
    progress.finish(stack.wasUp ? 'was up' : `ready in ${stack.startMs} ms`);
    out(json ? JSON.stringify(stack) : describe(stack));
    return exitCodes.pass;
  },
};

export const status: Command = {
  name: 'status',
  summary: 'the services of the stack and their addresses',
  options: {},
  run: async ({ json, out }) => {
    const stack = await runStatus();
    if (json) out(JSON.stringify(stack));
    else out(stack === null ? 'no stack is up; start one with tidemark up' : describe(stack));
    return stack === null ? exitCodes.inconclusive : exitCodes.pass;
  },
};

export const down: Command = {
  name: 'down',
  summary: 'stop the stack, and whatever a dead run left',
  options: {},
  run: async ({ json, out }) => {
    const result = await runDown();
    const names = result.ended.map((p) => `${p.name} (${p.pid})`).join(', ');
    out(json ? JSON.stringify(result) : names === '' ? 'nothing was running' : `ended ${names}`);
    return exitCodes.pass;
  },
};

function describe(stack: StackReport): string {
  const { direct, proxied, toxiproxyUrl, warehouseUri } = stack.addresses;
  const rows: ReadonlyArray<readonly [string, string]> = [
    ['started', stack.startedAt],
    ...stack.processes.map((p) => [p.name, `${p.state}, pid ${p.pid}`] as const),
    ['kafka', `${direct.kafkaBootstrap}  (through Toxiproxy: ${proxied.kafkaBootstrap})`],
    ['postgres', `${direct.postgresUrl}  (through Toxiproxy: ${proxied.postgresUrl})`],
    ['clickhouse', `${direct.clickhouseUrl}  (through Toxiproxy: ${proxied.clickhouseUrl})`],
    ['toxiproxy', toxiproxyUrl],
    ['warehouse', warehouseUri],
    ['folder', stack.folder],
  ];
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}`).join('\n');
}
