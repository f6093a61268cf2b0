import { describe, expect, test } from 'vitest';
import type { JournalEvent, JournalLine } from '../../harness/experiment/journal-events.ts';
import { buildVerdict } from '../../harness/experiment/verdict.ts';
import { renderHtml } from './html.ts';
import { html } from './html-markup.ts';
import { type SampleKind, sampleJournal } from './sample-journal.ts';

const kinds: readonly SampleKind[] = ['pass', 'violated', 'inconclusive'];
const pageOf = (lines: readonly JournalLine[]) => renderHtml(lines, buildVerdict(lines));
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>'\`&\u202e\x00\x1b[31m`;

/** The same journal with every text in it replaced, keys of field maps included. */
function poisoned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(poisoned);
  if (typeof value !== 'object' || value === null) return value;
  const keep = ['type', 'state', 'event', 'verdict', 'rows', 'guarantee', 'addedRows', 'totalRows'];
  const entries = Object.entries(value).map(([key, inner]) => {
    if (typeof inner === 'string' && !keep.includes(key)) return [key, hostile];
    return [key, poisoned(inner)];
  });
  return Object.fromEntries(entries);
}

/** The start tags of the page outside of its style. */
function tagNames(page: string): ReadonlySet<string> {
  return new Set([...page.matchAll(/<([a-z!][a-z0-9]*)/gi)].map((match) => match[1]!));
}

describe('the page', () => {
  test('no text of a journal becomes markup, wherever it stands', () => {
    const known = tagNames(kinds.map((kind) => pageOf(sampleJournal(kind))).join(''));
    for (const kind of kinds) {
      const lines = sampleJournal(kind);
      const page = pageOf(poisoned(lines) as JournalLine[]);
      expect(page).not.toMatch(/<script|<img|<iframe/i);
      expect([...tagNames(page)].filter((tag) => !known.has(tag))).toEqual([]);
      for (const character of '\u202e\x00\x1b') expect(page).not.toContain(character);
      expect(page).toContain('&lt;script&gt;');
      expect(page).toContain('\\u{202e}');
    }
  });

  test('names of fields that are markup themselves stay text', () => {
    const lines = sampleJournal('violated').map((line) =>
      line.type === 'finding'
        ? { ...line, finding: { ...line.finding, expected: { [hostile]: hostile } } }
        : line,
    );
    expect(pageOf(lines)).not.toMatch(/<script|<img/);
  });

  test('it carries nothing that could load, send or run anything', () => {
    for (const kind of kinds) {
      const page = pageOf(sampleJournal(kind));
      expect(page).not.toMatch(
        /https?:|<script|<link(?! rel="icon" href="data:,")|url\(|@import|src=/,
      );
      expect(page).toContain("default-src 'none'");
    }
  });

  test('its size is bounded: a very long run with a flood of findings stays small', () => {
    const long = sampleJournal('violated', 200);
    const finding = long.find((line) => line.type === 'finding')!;
    const flood = Array.from({ length: 20_000 }, () => finding);
    const lines = [...long.slice(0, -1), ...flood, long.at(-1)!];
    const ranges = lines.filter((line) => line.type === 'range').length;
    const page = pageOf(lines);
    expect(ranges).toBeGreaterThan(50_000);
    expect(page.length).toBeLessThan(1_500_000);
    expect(page).toMatch(
      /1,500 ranges are drawn, evenly chosen,\nand [\d,]+ more are in journal.jsonl/,
    );
    expect(page).toMatch(/and 19,9\d\d more;\nverdict.json has the first 1,000/);
    expect(page.match(/class="finding /g)).toHaveLength(100);
  });

  test('many partitions are cut, those that differ come first, and the cut is said', () => {
    const lines = sampleJournal('pass').map((line) => {
      if (line.type !== 'layer') return line;
      const partitions = Array.from({ length: 500 }, (_, partition) => ({
        partition,
        rows: line.layer.name === 'lake' && partition === 444 ? '8' : '7',
        offsetFirst: '0',
        offsetLast: '6',
        digest: '00000000000000aa',
      }));
      return { ...line, layer: { ...line.layer, partitions } };
    });
    const page = pageOf(lines);
    expect(page).toContain('and 436 more partitions');
    expect(page).toContain('<td class="tight">444</td>');
  });

  test('a range that was never closed and a fault that never bit are seen as such', () => {
    const open: JournalEvent = {
      ...(sampleJournal('pass').find((line) => line.type === 'range') as JournalEvent & {
        type: 'range';
      }),
      offsetFirst: '999999',
      doneAt: null,
    };
    const lines = [...sampleJournal('inconclusive')];
    lines.push({ ...open, seq: lines.length, at: lines.at(-1)!.at });
    expect(pageOf(lines)).toContain('never closed');
    expect(pageOf(lines)).toContain('not seen to bite</text>');
  });

  test('an event that names its step only later belongs to the fault that was armed', () => {
    const lines = sampleJournal('pass').map((line) =>
      line.type === 'fault' && line.event !== 'observed' ? { ...line, step: undefined } : line,
    );
    const page = pageOf(JSON.parse(JSON.stringify(lines)) as JournalLine[]);
    expect(page.match(/class="armed"/g)).toHaveLength(3);
    expect(page).not.toContain('not seen to bite');
  });

  test('a journal that is empty or holds only its first line still gives a page', () => {
    expect(pageOf([])).toContain('Nothing is proven');
    expect(pageOf(sampleJournal('pass').slice(0, 1))).toContain('the run ended before its verdict');
  });

  test('a torn journal is named on the page', () => {
    const lines = sampleJournal('inconclusive');
    const page = renderHtml(lines, buildVerdict(lines), { torn: true });
    expect(page).toContain('Its last line is torn');
  });
});

describe('markup', () => {
  test('values are escaped, markup and lists are not escaped twice, nothing is nothing', () => {
    const inner = html`<b>${'<'}</b>`;
    expect(html`<p title="${'"'}">${[inner, '&', 1, null, false]}</p>`.text).toBe(
      '<p title="&quot;"><b>&lt;</b>&amp;1</p>',
    );
  });
});
