import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './ledger-batches.cases.ts';
import { ledgerBatches } from './ledger-batches.ts';

describe(ledgerBatches.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(ledgerBatches, one)).toEqual(expectedOf(one));
  });
});
