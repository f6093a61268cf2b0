import { expect, test } from 'vitest';
import { asServerError, notImplemented, statusOfCode } from './errors.ts';

test('statuses follow the mapping of ClickHouse, 500 for every other code', () => {
  const codes = [62, 60, 81, 516, 48, 159, 202, 241, 395];
  expect(codes.map(statusOfCode)).toEqual([400, 404, 404, 403, 501, 408, 503, 500, 500]);
});

test('an error of the engine keeps its words and its code, a foreign error gets code 1001', () => {
  const engine = asServerError(new Error('Code: 60. DB::Exception: No table. (UNKNOWN_TABLE)'));
  expect(engine).toMatchObject({ code: 60, status: 404 });
  expect(engine.message).toBe('Code: 60. DB::Exception: No table. (UNKNOWN_TABLE)');
  const foreign = asServerError(new TypeError('Code: 60 is not at the start of an error of ours'));
  expect(foreign).toMatchObject({ code: 1001, status: 500 });
  expect(foreign.message).toMatch(/^Code: 1001\. DB::Exception: /);
});

test('a refusal names what is refused and what to do', () => {
  const refusal = notImplemented('KILL', 'Wait.');
  expect(refusal).toMatchObject({ code: 48, status: 501 });
  expect(refusal.message).toContain('does not support KILL. Wait. (NOT_IMPLEMENTED)');
  expect(asServerError(refusal)).toBe(refusal);
});
