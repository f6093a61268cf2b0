import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './lake-references.cases.ts';
import { lakeReferences } from './lake-references.ts';

describe(lakeReferences.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(lakeReferences, one)).toEqual(expectedOf(one));
  });
});
