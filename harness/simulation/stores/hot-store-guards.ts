/**
 * What the simulated hot store can be told to leave out, so that a checker has something to find.
 *
 * Each name is a mechanism that the real store's statements have. Switched off, the store has the
 * bug that the mechanism prevents and nothing else changes. Nothing is off unless a test or a
 * corpus run says so.
 */

export const hotStoreGuards = {
  'fence-check': 'An insert looks at the fence table; off: a lower epoch is let in.',
  'fence-ends-inserts': 'A fence ends the older inserts that still run; off: they land after it.',
  'skip-stored':
    'An insert skips the offsets that the table holds; off: it writes all it was given.',
  'deduplication-token': 'A known token drops the insert; off: a repeated insert is written again.',
  'one-block': 'An insert is one part; off: one half lands when it begins and one when it ends.',
  'dead-letters-kept':
    'What is no trade is written as a dead letter; off: it is answered and gone.',
  'null-kept': 'A record without a value is a dead letter; off: it is skipped.',
  'decimals-exact': 'Prices are decimals; off: they pass through a 32-bit float.',
  'values-in-place': 'A row has the value of its own offset; off: of the record before it.',
  'read-back-exact':
    'Inspecting counts every row; off: it counts each offset once and sees no duplicate.',
} as const;

export type HotStoreGuard = keyof typeof hotStoreGuards;

export type HotStoreGuards = Partial<Record<HotStoreGuard, boolean>>;
