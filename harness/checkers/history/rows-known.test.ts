import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './rows-known.cases.ts';
import { rowsKnown } from './rows-known.ts';

describe(rowsKnown.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(rowsKnown, one)).toEqual(expectedOf(one));
  });
});
