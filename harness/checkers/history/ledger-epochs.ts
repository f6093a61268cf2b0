/**
 * G6: nothing that an owner with an old epoch does takes effect behind what a newer epoch did.
 *
 * The first effect of an epoch is a range that it opens or closes, a batch, or a swing. From then
 * on everything of a lower one is a zombie's: ranges, batches, swings, and rows that an INSERT of
 * it adds. Rows that land before the new owner acts are harmless. A snapshot that adds or removes
 * rows and carries no batch that the ledger ever committed came from somebody who was not allowed
 * to swing the pointer at all.
 */
import type { HistoryChecker } from './checker.ts';
import { type Emit, Findings, nameOf } from './finding.ts';
import type { HistoryEvent, Identity } from './history.ts';
import { foldLines, reading } from './ledger-lines.ts';
import { PerPartition } from './row-partitions.ts';

type Swing = Extract<HistoryEvent, { type: 'swing' }>;

interface Epochs {
  readonly partitions: PerPartition<{ highest: number }>;
  readonly tables: Map<string, { highest: number }>;
}

export const ledgerEpochs: HistoryChecker = {
  name: 'ledger-epochs',
  guarantee: 'G6',
  title: 'Nothing of an old epoch takes effect behind a newer one',
  codes: ['zombie-commit'],
  applies: ({ configuration }) => configuration.hasLedger,
  check(history) {
    const findings = new Findings();
    const { hasLedger } = history.configuration;
    const committed = new Set<string>();
    const snapshots: Swing[] = [];
    let looked = 0;
    foldLines<Epochs>(
      history,
      {
        reads: reading('range', 'batch', 'swing', 'rows-added'),
        fresh: () => ({
          partitions: new PerPartition(() => ({ highest: Number.NEGATIVE_INFINITY })),
          tables: new Map(),
        }),
        database,
        elsewhere({ partitions }, event, emit) {
          switch (event.type) {
            case 'range':
              looked += 1;
              break;
            case 'batch':
              looked += 1;
              if (event.state === 'committed') committed.add(event.batch);
              break;
            case 'swing':
              looked += 1;
              if (hasLedger && changesRows(event)) snapshots.push(event);
              break;
            case 'rows-added':
              for (const row of event.rows) {
                const { highest } = partitions.of(row);
                const epoch = event.epoch ?? highest;
                if (epoch < highest) tell(`a row of ${nameOf(row)}`, epoch, highest, row, emit);
              }
          }
        },
      },
      findings.add,
    );
    for (const swing of snapshots) {
      if (!committed.has(swing.snapshot?.batch ?? '')) unknownSnapshot(swing, findings.add);
    }
    return { findings: findings.list, looked };
  },
};

/** `replace` rewrites files without changing rows; any tool may do that. */
const changesRows = ({ snapshot }: Swing) => (snapshot?.operation ?? 'replace') !== 'replace';

function database(epochs: Epochs, event: HistoryEvent, emit: Emit): void {
  switch (event.type) {
    case 'range':
      act(epochs.partitions.of(event.span), event, emit);
      break;
    case 'batch':
    case 'swing':
      act(tableOf(epochs, event.table), event, emit);
  }
}

function tableOf({ tables }: Epochs, name: string): { highest: number } {
  const table = tables.get(name) ?? { highest: Number.NEGATIVE_INFINITY };
  tables.set(name, table);
  return table;
}

type Act = Extract<HistoryEvent, { type: 'range' | 'batch' | 'swing' }>;

function act(owner: { highest: number }, event: Act, emit: Emit): void {
  const epoch = event.epoch ?? owner.highest;
  if (epoch < owner.highest) {
    const span = event.type === 'range' ? event.span : null;
    const identity = span && { ...span, offset: span.offsetFirst };
    tell(`${event.type} of event ${event.seq}`, epoch, owner.highest, identity, emit);
  }
  owner.highest = Math.max(owner.highest, epoch);
}

function tell(
  what: string,
  epoch: number,
  highest: number,
  identity: Identity | null,
  emit: Emit,
): void {
  emit({
    code: 'zombie-commit',
    layer: 'ledger',
    message: `${what} took effect under epoch ${epoch}, after epoch ${highest}`,
    identity,
    subject: what,
    expected: { epoch: `${highest} or more` },
    actual: [{ epoch }],
  });
}

function unknownSnapshot({ snapshot, to }: Swing, emit: Emit): void {
  const subject = `snapshot ${snapshot?.snapshotId}`;
  emit({
    code: 'zombie-commit',
    layer: 'ledger',
    message: `${subject} belongs to no committed batch`,
    identity: null,
    subject,
    actual: [{ batch: snapshot?.batch ?? null, to, rows: snapshot?.rowsClaimed ?? null }],
  });
}
