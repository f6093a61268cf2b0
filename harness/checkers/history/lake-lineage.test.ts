import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './lake-lineage.cases.ts';
import { lakeLineage } from './lake-lineage.ts';

describe(lakeLineage.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(lakeLineage, one)).toEqual(expectedOf(one));
  });
});
