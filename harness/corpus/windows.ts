/**
 * The windows in which exactly-once is lost, as the corpus proves them: which mechanism closes
 * each, which planted bug takes it out, and what the sound pipeline does on the very schedule that
 * shows the bug.
 */
import type { CorpusEntry } from './corpus.ts';

export interface WindowRow {
  readonly number: number;
  readonly window: string;
  readonly closedBy: string;
  /**
   * The points at which a crash opens it, each struck on the sound pipeline by a test and by the
   * enumeration; none where only a planted bug's schedule opens it.
   */
  readonly openedAt?: readonly string[];
}

export const windows: readonly WindowRow[] = [
  {
    number: 1,
    window: 'crash after the fetch, before the intent',
    closedBy: 'restart from the ledger',
    openedAt: ['ledger.open before'],
  },
  {
    number: 2,
    window: 'intent written; insert not sent, or without an answer',
    closedBy: 'the intent is the only range that may be written; read back, write what is missing',
    openedAt: [
      'store.insert-trades before',
      'store.insert-trades applied-unanswered',
      'store.insert-dead-letters applied-unanswered',
    ],
  },
  {
    number: 3,
    window: 'insert answered, crash before done',
    closedBy: 'a full read-back marks it done',
    openedAt: ['store.insert-trades answered', 'ledger.close before'],
  },
  {
    number: 4,
    window: 'an acknowledged insert that is not there',
    closedBy: 'the read-back is the commit rule; the ledger counts',
  },
  {
    number: 5,
    window: 'a zombie ingester inserts late',
    closedBy: "the store's fence: refuses stale epochs, waits for inserts that run",
  },
  {
    number: 6,
    window: 'rebalance, redelivery cut differently',
    closedBy: 'ranges come from the ledger',
  },
  {
    number: 7,
    window: 'group offsets lost, topic made again, retention passed',
    closedBy: 'broker offsets are advice; out of range or another topic id stops and says so',
  },
  {
    number: 8,
    window: 'compaction and markers leave holes',
    closedBy: 'the expected set is what the broker returned',
  },
  { number: 9, window: 'an insert in parts, partly applied', closedBy: 'one insert = one block' },
  {
    number: 10,
    window: 'materialized views count twice or not at all',
    closedBy: 'no view chain on the exact path',
  },
  {
    number: 11,
    window: 'the offload reads a moving range',
    closedBy: 'closed ranges; files proven before the swing',
    openedAt: ['ledger.close applied-unanswered', 'ledger.freeze applied-unanswered'],
  },
  {
    number: 12,
    window: 'data files written, crash before the commit',
    closedBy: 'in doubt nothing is deleted',
    openedAt: [
      'warehouse.write-data answered',
      'warehouse.write-metadata answered',
      'catalog.swing before',
    ],
  },
  {
    number: 13,
    window: 'commit sent, answer lost',
    closedBy: 'the batch turns committed inside the swing',
    openedAt: ['catalog.swing applied-unanswered'],
  },
  {
    number: 14,
    window: 'committed, crash before the watermark',
    closedBy: 'the heads move inside the swing',
    openedAt: ['catalog.swing answered'],
  },
  {
    number: 15,
    window: 'zombie offloader, two jobs at once',
    closedBy: 'epoch, batch and base checked in the swing',
  },
  {
    number: 16,
    window: 'the client dies or stalls, its job lives on',
    closedBy: 'the same frozen batch again; given up only behind a fence',
  },
  { number: 17, window: 'rollback moves the table back', closedBy: 'no swing without an epoch' },
  {
    number: 18,
    window: 'compaction or rewrite beside the append',
    closedBy: 'compare-and-swap on the pointer, one lease',
    openedAt: ['ledger.freeze-maintenance answered'],
  },
  {
    number: 19,
    window: 'the database is restored from a backup',
    closedBy: 'ledger and catalog in one database; epochs never repeat',
  },
  {
    number: 20,
    window: 'duplicates or drops upstream of the log',
    closedBy: 'idempotent producers; identity from the source',
    openedAt: ['broker.produce applied-unanswered'],
  },
  {
    number: 21,
    window: 'the verifier itself is wrong',
    closedBy: 'mutants of the checkers, a canary in every run',
  },
];

/** Bugs that open the window, in the order of the corpus. */
export function bugsOf(number: number, entries: readonly CorpusEntry[]): readonly CorpusEntry[] {
  return entries.filter((entry) => entry.window === number);
}

export function windowsMarkdown(entries: readonly CorpusEntry[]): string {
  const rows = windows.map(({ number, window, closedBy, openedAt }) => {
    const bugs = bugsOf(number, entries);
    const ids = bugs.map(({ id, code }) => `${id}: \`${code}\``).join(', ');
    const sound = [...new Set(bugs.map((bug) => soundOf(bug)))].join(', ');
    const taken = number === 21 ? '`tidemark corpus --mutants`' : ids;
    const opened = openedBy(bugs, openedAt);
    return `| ${number} | ${window} | ${closedBy} | ${opened} | ${number === 21 ? '-' : sound} | ${taken} |`;
  });
  return [
    '| # | window | closed by | opened by | the pipeline then | mechanism taken out: bug and its name |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Crash points, and the bugs whose smallest schedule has a fault that opens the window. */
function openedBy(bugs: readonly CorpusEntry[], points: readonly string[] = []): string {
  const crashes = points.map((point) => `crash at \`${point}\``);
  const schedules = bugs.filter(({ faultsMin }) => (faultsMin ?? 0) > 0).map(({ id }) => id);
  const byBugs = schedules.length > 0 ? [`the schedule of ${schedules.join(', ')}`] : [];
  return [...crashes, ...byBugs].join('; ') || 'an ordinary run';
}

function soundOf({ sound, group }: CorpusEntry): string {
  if (sound === 'not-run') return group === 'A' ? '-' : 'has no views; shown on the foil';
  return sound === 'stops' ? 'stops and says why' : sound;
}
