/**
 * The two paths of the decoder, and ClickHouse's JSON parser, on the same hostile bytes.
 *
 * The fast path may refuse anything, but what it takes it must take exactly as the strict path
 * does. And what the strict path calls JSON must be what simdjson in ClickHouse calls JSON, else
 * SQL and TypeScript would send different records to the dead letters.
 */
import { query } from 'chdb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanCanonicalTrade } from './canonical-scan.ts';
import { TradeDecoder } from './decode-trade.ts';
import { hostileValue } from './hostile-values.test-kit.ts';
import { outlineJson } from './json-outline.ts';
import { decodeStrictly } from './strict-decode.ts';
import { SymbolTable } from './symbol-table.ts';
import { TradeFields } from './trade-fields.ts';

const seed = 20_240_808;
/** Keeps a query below ClickHouse's limit on its text. */
const rowsPerQuery = 200;

describe(`on hostile values (seed ${seed})`, () => {
  it('the fast path takes nothing that the strict path refuses, and reads the same fields', () => {
    const symbols = new SymbolTable();
    const fields = new TradeFields();
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(hostileValue, fc.nat({ max: 5 }), (value, padding) => {
        // The value stands inside a larger buffer that would go on as JSON.
        const bytes = Buffer.concat([Buffer.alloc(padding, 0x20), value, Buffer.from('}"1,')]);
        if (!scanCanonicalTrade(bytes, padding, padding + value.length, symbols, fields)) {
          refused += 1;
          return;
        }
        taken += 1;
        expect(fields.toTrade()).toEqual(decodeStrictly(value));
      }),
      { seed, numRuns: 40_000 },
    );
    expect(taken).toBeGreaterThan(3_000);
    expect(refused).toBeGreaterThan(3_000);
  });

  it('both together say what the strict path says, and every reason occurs', () => {
    const decoder = new TradeDecoder();
    const seen = new Set<string>();
    fc.assert(
      fc.property(hostileValue, (value) => {
        const decoded = decoder.decode(value);
        seen.add(decoded.kind === 'trade' ? 'trade' : decoded.reason);
        expect(decoded).toEqual(decodeStrictly(value));
      }),
      { seed, numRuns: 20_000 },
    );
    const fieldReasons = ['E', 's', 't', 'p', 'q', 'T', 'm'].map((key) => `bad-field:${key}`);
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'trade',
        'not-json',
        'duplicate-key',
        'unknown-event',
        'too-many-decimals:p',
        'too-many-decimals:q',
        ...fieldReasons,
      ]),
    );
  });

  it('ClickHouse calls the same values JSON, an object, and one with a duplicate key', () => {
    const values = fc.sample(hostileValue, { seed, numRuns: 10_000 });
    const answers = clickhouseAnswers(values);
    for (const [i, value] of values.entries()) {
      const told = `${value.toString('hex')} ${JSON.stringify(value.toString())}`;
      expect(outlineReason(value), told).toBe(answers[i]);
    }
    expect(new Set(answers)).toEqual(new Set(['not-json', 'duplicate-key', 'object']));
  });
});

/** The reasons 2 to 4 of the reference page as ClickHouse sees them. */
function clickhouseAnswers(values: readonly Buffer[]): string[] {
  const answers: string[] = [];
  for (let at = 0; at < values.length; at += rowsPerQuery) {
    const rows = values.slice(at, at + rowsPerQuery).map((v) => `unhex('${v.toString('hex')}')`);
    const sql = `SELECT multiIf(NOT isValidJSON(v) OR startsWith(v, unhex('EFBBBF')), 'not-json',
        JSONType(v) != 'Object', 'not-an-object',
        length(JSONExtractKeys(v)) > length(arrayDistinct(JSONExtractKeys(v))), 'duplicate-key',
        'object')
      FROM (SELECT arrayJoin([${rows.join(',')}]) AS v)`;
    answers.push(...query(sql, 'TSV').trim().split('\n'));
  }
  return answers;
}

function outlineReason(value: Buffer): string {
  const decoded = decodeStrictly(value);
  if (decoded.kind === 'trade') return 'object';
  const early = ['not-json', 'not-an-object', 'duplicate-key'].includes(decoded.reason);
  if (!early) expect(outlineJson(value.toString()).fits).toBe(true);
  return early ? decoded.reason : 'object';
}
