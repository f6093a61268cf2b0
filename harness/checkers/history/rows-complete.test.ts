import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './rows-complete.cases.ts';
import { rowsComplete } from './rows-complete.ts';

describe(rowsComplete.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(rowsComplete, one)).toEqual(expectedOf(one));
  });
});
