import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './ledger-ranges.cases.ts';
import { ledgerRanges } from './ledger-ranges.ts';

describe(ledgerRanges.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(ledgerRanges, one)).toEqual(expectedOf(one));
  });
});
