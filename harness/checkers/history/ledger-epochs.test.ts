import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './ledger-epochs.cases.ts';
import { ledgerEpochs } from './ledger-epochs.ts';

describe(ledgerEpochs.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(ledgerEpochs, one)).toEqual(expectedOf(one));
  });
});
