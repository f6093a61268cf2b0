import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './ledger-heads.cases.ts';
import { ledgerHeads } from './ledger-heads.ts';

describe(ledgerHeads.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(ledgerHeads, one)).toEqual(expectedOf(one));
  });
});
