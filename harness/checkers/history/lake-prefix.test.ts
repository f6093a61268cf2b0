import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './lake-prefix.cases.ts';
import { lakePrefix } from './lake-prefix.ts';

describe(lakePrefix.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(lakePrefix, one)).toEqual(expectedOf(one));
  });
});
