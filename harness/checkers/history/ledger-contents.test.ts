import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './ledger-contents.cases.ts';
import { ledgerContents } from './ledger-contents.ts';

describe(ledgerContents.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(ledgerContents, one)).toEqual(expectedOf(one));
  });
});
