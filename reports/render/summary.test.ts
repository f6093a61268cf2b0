import { describe, expect, test } from 'vitest';
import { buildVerdict } from '../../harness/experiment/verdict.ts';
import { type SampleKind, sampleJournal } from './sample-journal.ts';
import { renderSummary } from './summary.ts';
import { fitted, wantsColor, widthOf, withoutColor } from './terminal-text.ts';

const kinds: readonly SampleKind[] = ['pass', 'violated', 'inconclusive'];
const of = (kind: SampleKind) => buildVerdict(sampleJournal(kind));
const plain = (kind: SampleKind, width = 100) =>
  renderSummary(of(kind), { color: false, width, report: 'reports/out/prove/latest' });

describe('summary in the terminal', () => {
  test('it fits one screen: about thirty lines of the terminal’s width, the command uncut', () => {
    for (const kind of kinds) {
      for (const width of [80, 100, 160]) {
        const lines = plain(kind, width).trimEnd().split('\n');
        expect(lines.length).toBeLessThanOrEqual(32);
        for (const line of lines.slice(0, -1)) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(lines.at(-1)).toContain(of(kind).replay);
      }
    }
  });

  test('the verdict comes first and the path of the report and the replay come last', () => {
    expect(plain('pass')).toMatch(
      /^\[PASS\] Every one of 34,419 acknowledged records is in log, bronze/,
    );
    expect(plain('violated')).toMatch(
      /^\[VIOLATED\] G1 complete, G2 unique and G3 faithful do not hold: 2 missing/,
    );
    expect(plain('inconclusive')).toMatch(/^\[INCONCLUSIVE\] Nothing is proven: the run ended/);
    expect(plain('pass').trimEnd().split('\n').at(-2)).toBe('Report    reports/out/prove/latest');
  });

  test('equal layers are marked equal and different ones are not', () => {
    expect(plain('pass').match(/c18837bf9bfa162c = A/g)).toHaveLength(3);
    expect(plain('violated')).not.toContain('= ');
    expect(plain('violated').match(/[0-9a-f]{16} {3}[A-E] /g)).toHaveLength(5);
  });

  test('with dead letters the sentence says where all records are, and where the trades', () => {
    const document = of('pass');
    const layer = (name: string, rows: string) => ({ ...document.layers[1]!, name, rows });
    const layers = [
      layer('log', '100'),
      layer('bronze', '97'),
      layer('dead-letters', '3'),
      layer('bronze+dead-letters', '100'),
      layer('lake', '97'),
    ];
    const text = renderSummary({ ...document, layers, faults: [] }, { color: false, width: 300 });
    expect(text).toContain(
      'Every one of 100 records is in log and bronze+dead-letters exactly once and unaltered; ' +
        '97 of them are trades and are in bronze and lake; no fault was injected.',
    );
  });

  test('a fault that was not seen stands out, and first', () => {
    expect(plain('inconclusive')).toMatch(/Faults +NOT SEEN +answer of the pointer swing lost/);
  });

  test('a finding shows who it is about and both values', () => {
    expect(plain('violated')).toContain('altered in bronze: partition 1 offset 913');
    expect(plain('violated')).toContain('price expected 57012.34000000 found 57012.33999999');
  });

  test('a record that carries escape sequences cannot paint the terminal', () => {
    const document = of('violated');
    const hostile = '\x1b[2J\x1b[32mPASS\u202e\r\n';
    const [finding] = document.findings;
    const evil = { ...finding!, code: hostile, layer: hostile, expected: { [hostile]: hostile } };
    const text = renderSummary(
      { ...document, scenario: hostile, findings: [evil] },
      { color: false, width: 200 },
    );
    for (const character of '\x1b\r\u202e') expect(text).not.toContain(character);
    expect(text).toContain('\\x1b[2J');
  });

  test('colour adds nothing but colour', () => {
    for (const kind of kinds) {
      const options = { width: 100, report: 'reports/out/prove/latest' };
      const colored = renderSummary(of(kind), { color: true, ...options });
      const stripped = withoutColor(colored);
      expect(stripped.replaceAll(/ (PASS|VIOLATED|INCONCLUSIVE) /g, '[$1]')).toBe(plain(kind));
    }
  });

  test('NO_COLOR, a pipe and a dumb terminal get no colour', () => {
    expect(wantsColor({ isTTY: true }, {})).toBe(true);
    expect(wantsColor({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColor({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(wantsColor({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(wantsColor({}, {})).toBe(false);
  });

  test('a line is cut by columns, and its colour ends where it is cut', () => {
    expect(fitted('\x1b[31mabcdef\x1b[0m', 4)).toBe('\x1b[31mabc…\x1b[0m');
    expect(fitted('\x1b[31mabcd\x1b[0m', 4)).toBe('\x1b[31mabcd\x1b[0m');
  });
});
