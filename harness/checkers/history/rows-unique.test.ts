import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './rows-unique.cases.ts';
import { rowsUnique } from './rows-unique.ts';

describe(rowsUnique.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(rowsUnique, one)).toEqual(expectedOf(one));
  });
});
