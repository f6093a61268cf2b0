import { describe, expect, test } from 'vitest';
import { audit } from './audit.ts';

describe('the audit that counts', () => {
  test.each([
    ['equal counts', 1_000, 1_000, 'ok'],
    ['one row in a hundred lost', 1_000, 990, 'ok'],
    ['two rows in a hundred lost', 1_000, 980, 'warning'],
    ['six rows in a hundred lost', 1_000, 940, 'missing_data'],
    ['everything doubled', 1_000, 2_000, 'warning'],
    ['an empty hot store', 0, 5_000, 'ok'],
    ['as many lost as doubled', 1_000, 1_000 - 300 + 300, 'ok'],
  ])('says of %s what the original says', (_what, hotRows, coldRows, status) => {
    expect(audit(0, hotRows, coldRows).status).toBe(status);
  });

  test('tells the difference and its share', () => {
    expect(audit(7, 200, 190)).toEqual({
      ...{ atMs: 7, hotRows: 200, coldRows: 190, delta: 10, percent: 5, status: 'warning' },
    });
  });
});
