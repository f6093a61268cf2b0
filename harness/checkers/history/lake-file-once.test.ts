import { describe, expect, test } from 'vitest';
import { expectedOf, resultOf } from './case.ts';
import { cases } from './lake-file-once.cases.ts';
import { lakeFileOnce } from './lake-file-once.ts';

describe(lakeFileOnce.title, () => {
  test.each(cases)('$title', (one) => {
    expect(resultOf(lakeFileOnce, one)).toEqual(expectedOf(one));
  });
});
