/**
 * G4: the versions of a table form one line: each swing starts from where the pointer stands, each
 * new snapshot descends from the current one and has a greater sequence number.
 *
 * Broken is a swing from another place, a snapshot without its parent, one that does not rise, and
 * a current snapshot that is left behind (the table was rolled back, or a commit was lost) or
 * expired. A version that only forgets old snapshots is ordinary, and so is what follows a restore:
 * there the line goes on from the backup's version.
 */
import type { HistoryChecker } from './checker.ts';
import { type Emit, Findings } from './finding.ts';
import type { HistoryEvent } from './history.ts';
import { foldLines, reading } from './ledger-lines.ts';

type Swing = Extract<HistoryEvent, { type: 'swing' }>;

export const lakeLineage: HistoryChecker = {
  name: 'lake-lineage',
  guarantee: 'G4',
  title: 'Versions and snapshots of a table form one line',
  codes: ['lineage-broken'],
  check(history) {
    const findings = new Findings();
    let looked = 0;
    foldLines(
      history,
      {
        reads: reading('swing'),
        /** The last swing of each table. */
        fresh: () => new Map<string, Swing>(),
        database(tables, event, emit) {
          switch (event.type) {
            case 'swing':
              follow(tables, event, emit);
          }
        },
        elsewhere() {
          looked += 1;
        },
      },
      findings.add,
    );
    return { findings: findings.list, looked };
  },
};

function follow(tables: Map<string, Swing>, event: Swing, emit: Emit): void {
  const why = broken(tables.get(event.table), event);
  tables.set(event.table, event);
  if (why === null) return;
  emit({
    code: 'lineage-broken',
    layer: 'lake',
    message: `${event.table}, ${event.to}: ${why}`,
    identity: null,
    subject: event.to,
    actual: [{ from: event.from, snapshotId: event.snapshot?.snapshotId ?? null }],
  });
}

/** A table that was there before the history began may have had anything. */
function broken(before: Swing | undefined, { from, snapshot, expired }: Swing): string | null {
  const id = snapshot?.snapshotId ?? null;
  if (expired.some((one) => one === id)) return 'it expires itself';
  if (before === undefined) return null;
  if (from !== before?.to) return `it starts from ${from}, and the pointer was at ${before?.to}`;
  const current = before?.snapshot?.snapshotId ?? null;
  if (id === current) return null;
  const parent = snapshot?.parentId ?? null;
  if (parent !== current) return `its parent is ${parent}, and ${current} was current`;
  const last = before?.snapshot?.sequenceNumber ?? Number.NEGATIVE_INFINITY;
  return (snapshot?.sequenceNumber ?? last) > last ? null : `it does not rise above ${last}`;
}
