/**
 * SIGKILL at moments that nobody chose: whatever ingest and offload were doing, each record still
 * is everywhere once.
 */
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/environment/dummy.test-kit.ts';
import { prove } from '../harness/experiment/prove.ts';

const seed = 7;
const kills = 20;

test(`${kills} kills of ingest and offload at random moments, seed ${seed}: every record is everywhere once`, async () => {
  const { document, lines } = await prove({
    input: undefined,
    records: 20_000,
    seed,
    faults: ['random-kills'],
    keep: false,
    argv: [],
    outputRoot: temporaryFolder(),
    signal: new AbortController().signal,
    onPhase: () => undefined,
    onDetail: () => undefined,
    onNote: () => undefined,
  });
  const { verdict, findings, faults } = document;
  expect({ verdict, findings }).toEqual({ verdict: 'pass', findings: [] });
  expect(faults).toMatchObject([{ name: 'random-kills', observed: true }]);
  expect(faults[0]!.detail).toBe(`${kills} processes ended by SIGKILL`);
  const killed = lines.filter((line) => line.type === 'process' && line.event === 'killed');
  expect(killed).toHaveLength(kills);
  const names = killed.map((line) => (line.type === 'process' ? line.name : ''));
  expect([...new Set(names)].sort()).toEqual(['ingest-a', 'ingest-b', 'offload']);
  const rows = document.layers.map(({ name, rows: count }) => `${name} ${count}`);
  expect(rows).toContain('lake 20000');
});
