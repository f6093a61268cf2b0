import { expect, test } from 'vitest';
import { assess, type Probes, renderDoctor } from './doctor.ts';

const components = (installed: boolean): Probes['cache']['components'] => [
  { name: 'kafka', version: '4.4.0', installed },
  { name: 'postgres', version: '18.4.0', installed },
  { name: 'toxiproxy', version: '2.12.0', installed },
];

const healthy: Probes = {
  node: '24.21.0',
  tools: { java: '17.0.15', maven: '3.8.7', go: '1.26.8' },
  clickhouse: '3.4.0',
  postgres: '18.4.0',
  docker: { client: null, engine: null },
  cache: { folder: '/cache', components: components(false), freeBytes: 80e9 },
};

const finding = (probes: Probes, subject: string) =>
  assess(probes).findings.find((one) => one.subject === subject);

test('a machine with everything but Docker can start', () => {
  const report = assess(healthy);
  expect(report.canStart).toBe(true);
  expect(finding(healthy, 'Docker engine')).toMatchObject({ state: 'optional' });
  expect(finding(healthy, 'cache: kafka')).toMatchObject({ state: 'later' });
});

test('without Java nothing starts, and the report says how to get it', () => {
  const probes = { ...healthy, tools: { ...healthy.tools, java: null } };
  expect(assess(probes).canStart).toBe(false);
  const text = renderDoctor(assess(probes));
  expect(text).toMatch(/^MISSING {2}Java .*the Kafka broker runs on it$/m);
  expect(text).toContain('to do: install a JDK or JRE 17');
  expect(text).toContain('can not start before');
});

test('Go and Maven are missed only until what they fetch is in the cache', () => {
  const tools = { java: '17.0.15', maven: null, go: null };
  const cold = { ...healthy, tools };
  expect(assess(cold).canStart).toBe(false);
  expect(finding(cold, 'Go')).toMatchObject({ state: 'missing' });
  const warm = { ...cold, cache: { ...healthy.cache, components: components(true) } };
  expect(assess(warm).canStart).toBe(true);
  expect(finding(warm, 'Go')).toMatchObject({ state: 'optional' });
});

test('a Node that is too old and a full disk each stop the start', () => {
  expect(finding({ ...healthy, node: '20.19.0' }, 'Node')).toMatchObject({ state: 'too-old' });
  const full = { ...healthy, cache: { ...healthy.cache, freeBytes: 1e9 } };
  expect(finding(full, 'free disk')).toMatchObject({ state: 'missing', version: '1.0 GB' });
  expect(assess(full).canStart).toBe(false);
});

test('an absent engine package is named with its npm name', () => {
  const text = renderDoctor(assess({ ...healthy, clickhouse: null }));
  expect(text).toMatch(/MISSING {2}ClickHouse engine/);
  expect(text).toContain('for chdb');
});

test('the rendering is one line a finding, and aligned', () => {
  const ready = { ...healthy, cache: { ...healthy.cache, components: components(true) } };
  const lines = renderDoctor(assess(ready)).split('\n');
  expect(lines[0]).toBe('ok       Node                 24.21.0  everything here runs on it');
  expect(lines.at(-2)).toBe('The local environment can start.');
});
