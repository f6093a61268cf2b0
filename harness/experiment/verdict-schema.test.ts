import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { type SampleKind, sampleJournal } from '../../reports/render/sample-journal.ts';
import { openJournal, readJournal } from './journal.ts';
import { buildVerdict } from './verdict.ts';
import { writeVerdict } from './verdict-file.ts';

const schemaDir = join(import.meta.dirname, '../../reports/schema');
const load = (name: string) => JSON.parse(readFileSync(join(schemaDir, name), 'utf8')) as object;
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
const validVerdict = ajv.compile(load('verdict.schema.json'));
const validLine = ajv.compile(load('journal-line.schema.json'));
const kinds: readonly SampleKind[] = ['pass', 'violated', 'inconclusive'];
type Mutable = Record<string, unknown>;

describe('schemas of what is on disk', () => {
  test('every line of a journal is as the schema says, also after a way through the file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'tidemark-schema-'));
    const journal = openJournal(dir, { nowMs: () => 1_700_000_000_000 });
    for (const { seq: _seq, at: _at, ...event } of kinds.flatMap((kind) => sampleJournal(kind))) {
      journal.append(event);
    }
    journal.close();
    const { lines } = readJournal(journal.path);
    expect(lines.length).toBeGreaterThan(1_000);
    expect(new Set(lines.map((line) => line.type)).size).toBe(11);
    for (const line of lines) expect(validLine(line), JSON.stringify(validLine.errors)).toBe(true);
    rmSync(dir, { recursive: true });
  });

  test('all three verdicts are as the schema says, also after a way through the file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'tidemark-schema-'));
    for (const kind of kinds) {
      const path = writeVerdict(dir, buildVerdict(sampleJournal(kind)));
      const document: unknown = JSON.parse(readFileSync(path, 'utf8'));
      expect(validVerdict(document), JSON.stringify(validVerdict.errors)).toBe(true);
    }
    expect(validVerdict(buildVerdict([])), JSON.stringify(validVerdict.errors)).toBe(true);
    rmSync(dir, { recursive: true });
  });

  test('a pass with a finding, an unseen fault, no check or no layer is refused', () => {
    const pass = buildVerdict(sampleJournal('pass'));
    const violated = buildVerdict(sampleJournal('violated'));
    const lies: Mutable[] = [
      { findings: violated.findings.slice(0, 1), findingsTotal: 1 },
      { findingsTotal: 3 },
      { faults: [{ name: 'f', step: '', observed: false, detail: '' }] },
      { checks: [] },
      { checks: violated.checks },
      { layers: [] },
    ];
    for (const lie of lies) expect(validVerdict({ ...pass, ...lie })).toBe(false);
    expect(validVerdict(pass)).toBe(true);
  });

  test('unknown keys, numbers for offsets and other shapes are refused', () => {
    const document = buildVerdict(sampleJournal('violated'));
    const wrong: Mutable[] = [
      { extra: 1 },
      { schemaVersion: 2 },
      { verdict: 'passed' },
      { layers: [{ ...document.layers[1], rows: 5 }] },
      { layers: [{ ...document.layers[1], digest: '3D1F' }] },
      { checks: [{ ...document.checks[0], guarantee: 'G13' }] },
      { findings: [{ ...document.findings[0], actual: [{ price: 1.5 }] }] },
    ];
    for (const change of wrong) expect(validVerdict({ ...document, ...change })).toBe(false);
    const [line] = sampleJournal('pass');
    expect(validLine(line)).toBe(true);
    expect(validLine({ ...line, type: 'unheard-of' })).toBe(false);
    expect(validLine({ ...line, extra: 1 })).toBe(false);
  });
});
