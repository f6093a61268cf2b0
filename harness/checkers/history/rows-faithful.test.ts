import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './rows-faithful.cases.ts';
import { rowsFaithful } from './rows-faithful.ts';

describe(rowsFaithful.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(rowsFaithful, one)).toEqual(expectedOf(one));
  });
});
