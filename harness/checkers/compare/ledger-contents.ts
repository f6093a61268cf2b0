/**
 * G5, contents: each closed range holds in bronze and in the dead letters what the ledger wrote
 * down when it closed it.
 *
 * A closed range with records of which nothing is there was never written: `silent-no-commit`. Any
 * other difference in rows or sum is a `digest-mismatch`, with the range's name; which records
 * differ is the comparison's answer, not this one's.
 */
import type { Digest, LedgerRange, LedgerState } from '../stores/ledger.ts';
import { rangeName } from '../stores/ledger.ts';
import type { RangeContent } from '../stores/range-contents.ts';
import type { CodedFinding } from './finding-log.ts';
import { ledgerFinding } from './ledger-finding.ts';

/** Ranges without an entry in `contents` are not judged. */
export function checkRangeContents(
  ledger: LedgerState,
  contents: ReadonlyMap<string, RangeContent>,
): readonly CodedFinding[] {
  return ledger.ranges
    .filter((range) => range.state === 'done')
    .flatMap((range) => {
      const content = contents.get(rangeName(range));
      return content === undefined ? [] : contentWrong(range, content);
    });
}

function contentWrong(range: LedgerRange, content: RangeContent): readonly CodedFinding[] {
  const { bronze, deadLetters } = range;
  if (bronze === null || deadLetters === null) return [mismatch(range, 'has no digests')];
  const recorded = bronze.rows + deadLetters.rows;
  if (recorded !== range.rows) {
    return [mismatch(range, `was read with ${range.rows} records and closed with ${recorded}`)];
  }
  const same = equal(bronze, content.bronze) && equal(deadLetters, content.deadLetters);
  if (same) return [];
  const expected = { ...facts('bronze', bronze), ...facts('deadLetters', deadLetters) };
  const actual = {
    ...facts('bronze', content.bronze),
    ...facts('deadLetters', content.deadLetters),
  };
  const at = { topicId: range.topicId, partition: range.partition, offset: range.offsetFirst };
  const found = content.bronze.rows + content.deadLetters.rows;
  return recorded > 0n && found === 0n
    ? [
        ledgerFinding(
          'silent-no-commit',
          `range ${rangeName(range)} is closed with ${recorded} records, and the tables hold none`,
          at,
          expected,
          actual,
        ),
      ]
    : [
        ledgerFinding(
          'digest-mismatch',
          `range ${rangeName(range)} is closed with another content than the tables hold`,
          at,
          expected,
          actual,
        ),
      ];
}

function mismatch(range: LedgerRange, words: string): CodedFinding {
  const at = { topicId: range.topicId, partition: range.partition, offset: range.offsetFirst };
  return ledgerFinding('digest-mismatch', `range ${rangeName(range)} ${words}`, at, null, {
    range: rangeName(range),
  });
}

const equal = (a: Digest, b: Digest) => a.rows === b.rows && a.sum === b.sum;

const facts = (name: string, { rows, sum }: Digest) => ({
  [`${name}.rows`]: rows.toString(),
  [`${name}.digest`]: sum.toString(16).padStart(16, '0'),
});
