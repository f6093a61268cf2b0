import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from './dummy.test-kit.ts';
import { RunFolder } from './run-folder.ts';
import { type ServicePlan, ServiceProcess } from './service-process.ts';

function serviceThat(script: string, change: Partial<ServicePlan> = {}): ServiceProcess {
  const run = RunFolder.create(temporaryFolder());
  const service = new ServiceProcess(
    {
      name: 'kafka',
      version: '1.0',
      address: '127.0.0.1:1',
      command: '/bin/sh',
      args: ['-c', script],
      cwd: run.folder,
      env: process.env,
      logFile: join(run.folder, 'logs', 'kafka.log'),
      stopSignal: 'SIGTERM',
      readyCondition: 'it answers',
      readyMsMax: 5000,
      isReady: async () => true,
      ...change,
    },
    run,
  );
  onTestFinished(() => service.kill());
  return service;
}

const runs = 'exec sleep 600';
const never = async () => false;

test('a service that ends at once is told with the end of its log, and is not waited for', async () => {
  const failed = serviceThat('echo no such option; exit 3', { isReady: never }).start();
  await expect(failed).rejects.toMatchObject({ code: 'start-failed' });
  await expect(failed).rejects.toThrow(/ended before it was ready[\s\S]*no such option/);
});

test('a port that somebody else took is a failure of its own, because it may be tried again', async () => {
  const script = 'echo "bind: Address already in use" >&2; exit 1';
  const failed = serviceThat(script, { isReady: never }).start();
  await expect(failed).rejects.toMatchObject({ code: 'port-lost' });
});

test('a proxy whose port somebody took is a lost port too, although the proxy server lives', async () => {
  const afterReady = () => Promise.reject(new Error('listen: bind: address already in use'));
  const failed = serviceThat(runs, { afterReady }).start();
  await expect(failed).rejects.toMatchObject({ code: 'port-lost' });
});

test('the log of an earlier start does not explain a later failure', async () => {
  const first = serviceThat('echo Address already in use; exit 1', { isReady: never });
  await expect(first.start()).rejects.toMatchObject({ code: 'port-lost' });
  const { plan } = first;
  const again = serviceThat('exit 1', { logFile: plan.logFile, isReady: never });
  await expect(again.start()).rejects.toMatchObject({ code: 'start-failed' });
});

test('a service that never gets ready fails after the bound, naming the condition', async () => {
  const failed = serviceThat(runs, { isReady: never, readyMsMax: 200 }).start();
  await expect(failed).rejects.toThrow('not true after 200 ms: it answers');
});

test('a program that is not there is a failed start', async () => {
  const failed = serviceThat('', { command: '/nowhere/kafka' }).start();
  await expect(failed).rejects.toThrow("/nowhere/kafka can't be run for kafka");
});

test('what a service keeps in memory is prepared after each start', async () => {
  let prepared = 0;
  const afterReady = async () => {
    prepared += 1;
  };
  const service = serviceThat(runs, { afterReady });
  await service.start();
  await service.kill();
  await service.start();
  expect(prepared).toBe(2);
});

test('the state is read from the system: running, paused, running, stopped', async () => {
  const service = serviceThat(runs);
  const states = [];
  await service.start();
  states.push(service.status().state);
  await service.pause();
  states.push(service.status().state);
  await service.resume();
  states.push(service.status().state);
  await service.kill();
  states.push(service.status().state);
  expect(states).toEqual(['running', 'paused', 'running', 'stopped']);
  expect(service.status().pid).toBe(null);
  await expect(service.pause()).rejects.toMatchObject({ code: 'state-invalid' });
});

test('after an abort nothing is spawned any more', async () => {
  const service = serviceThat(runs);
  await expect(service.start(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  expect(service.status().state).toBe('stopped');
});
