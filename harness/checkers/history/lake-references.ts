/**
 * G4: every file that a snapshot needs is there, for as long as the table has the snapshot; what
 * nobody needs is counted.
 *
 * Not only the current snapshot: the table still offers older ones until it expires them, and a
 * restore of the database brings back those that it had. A file that is named and not there is
 * dangling. Files that are there at the end and that no snapshot names are what crashed attempts
 * leave: information.
 */
import type { HistoryChecker } from './checker.ts';
import { type Emit, Findings } from './finding.ts';
import type { HistoryEvent, LakeSnapshot } from './history.ts';
import { foldLines, reading } from './ledger-lines.ts';

/** Snapshots that the table has, by id. */
type Table = Map<number, LakeSnapshot | null>;
type Tables = Map<string, Table>;

export const lakeReferences: HistoryChecker = {
  name: 'lake-references',
  guarantee: 'G4',
  title: 'Every file that a snapshot needs is there',
  codes: ['dangling-file', 'orphan-file'],
  check(history) {
    const findings = new Findings();
    const there = new Set<string>();
    let looked = 0;
    const tables = foldLines<Tables>(
      history,
      {
        reads: reading('swing', 'file-written', 'file-deleted'),
        fresh: () => new Map(),
        database(state, event) {
          switch (event.type) {
            case 'swing':
              swing(state, event);
          }
        },
        elsewhere(state, event, emit) {
          switch (event.type) {
            case 'file-written':
              there.add(event.file.path);
              break;
            case 'file-deleted':
              there.delete(event.path);
              needs(state, [event.path], there, emit);
              break;
            case 'swing':
              looked += event.snapshot?.files.length ?? 0;
              needs(state, event.snapshot?.files ?? [], there, emit);
          }
        },
        restored(state, emit) {
          needs(state, allFiles(state), there, emit);
        },
      },
      findings.add,
    );
    orphans(tables, there, findings.add);
    return { findings: findings.list, looked };
  },
};

function swing(tables: Tables, event: Extract<HistoryEvent, { type: 'swing' }>): void {
  const table: Table = tables.get(event.table) ?? new Map();
  tables.set(event.table, table);
  table.set(event.snapshot?.snapshotId ?? Number.NaN, event.snapshot);
  for (const id of event.expired) table.delete(id);
}

const allFiles = (tables: Tables): readonly string[] =>
  [...tables.values()].flatMap((table) => [...table.values()].flatMap((one) => one?.files ?? []));

/** Names those of the paths that are not there although a snapshot needs them. */
function needs(
  tables: Tables,
  paths: readonly string[],
  there: ReadonlySet<string>,
  emit: Emit,
): void {
  const gone: string[] = [];
  for (const path of paths) if (!there.has(path)) gone.push(path);
  const needed = new Set(gone.length === 0 ? [] : allFiles(tables));
  for (const path of gone) {
    if (!needed.has(path)) continue;
    const [code, layer, identity] = ['dangling-file', 'lake', null] as const;
    const message = `${path} is needed by a snapshot and is not there`;
    emit({ code, layer, message, identity, subject: path, actual: [{ path }] });
  }
}

function orphans(tables: Tables, there: ReadonlySet<string>, emit: Emit): void {
  const needed = new Set(allFiles(tables));
  const unneeded = [...there].filter((path) => !needed.has(path));
  const [first] = unneeded;
  if (first === undefined) return;
  emit({
    code: 'orphan-file',
    layer: 'lake',
    message: `${unneeded.length} files are needed by no snapshot`,
    identity: null,
    actual: [{ files: unneeded.length, first }],
  });
}
