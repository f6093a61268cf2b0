import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './ledger-topics.cases.ts';
import { ledgerTopics } from './ledger-topics.ts';

describe(ledgerTopics.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(ledgerTopics, one)).toEqual(expectedOf(one));
  });
});
