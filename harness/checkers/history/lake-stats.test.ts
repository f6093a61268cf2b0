import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './lake-stats.cases.ts';
import { lakeStats } from './lake-stats.ts';

describe(lakeStats.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(lakeStats, one)).toEqual(expectedOf(one));
  });
});
