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
import type { History, HistoryEvent, Identity } from './history.ts';
import { foldLines, reading } from './ledger-lines.ts';
import { PerPartition } from './row-partitions.ts';

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
            case 'batch':
            case 'swing':
              looked += 1;
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
    if (history.configuration.hasLedger) unknownSnapshots(history, findings.add);
    return { findings: findings.list, looked };
  },
};

function database(epochs: Epochs, event: HistoryEvent, emit: Emit): void {
  switch (event.type) {
    case 'range': {
      const identity = { ...event.span, offset: event.span.offsetFirst };
      const what = `range ${nameOf(identity)}:${identity.offset} ${event.state}`;
      act(epochs.partitions.of(event.span), event.epoch, what, identity, emit);
      break;
    }
    case 'batch':
      act(tableOf(epochs, event.table), event.epoch, `${event.batch} ${event.state}`, null, emit);
      break;
    case 'swing': {
      const table = tableOf(epochs, event.table);
      act(table, event.epoch ?? table.highest, `the swing to ${event.to}`, null, emit);
    }
  }
}

function tableOf({ tables }: Epochs, name: string): { highest: number } {
  const table = tables.get(name) ?? { highest: Number.NEGATIVE_INFINITY };
  tables.set(name, table);
  return table;
}

function act(
  owner: { highest: number },
  epoch: number,
  what: string,
  identity: Identity | null,
  emit: Emit,
): void {
  if (epoch < owner.highest) tell(what, epoch, owner.highest, identity, emit);
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

/** `replace` rewrites files without changing rows; any tool may do that. */
function unknownSnapshots({ events }: History, emit: Emit): void {
  const committed = new Set<string>();
  for (const event of events) {
    switch (event.type) {
      case 'batch':
        if (event.state === 'committed') committed.add(event.batch);
    }
  }
  for (const event of events) {
    switch (event.type) {
      case 'swing': {
        const batch = event.snapshot?.batch ?? '';
        const changesRows = (event.snapshot?.operation ?? 'replace') !== 'replace';
        if (!changesRows || committed.has(batch)) break;
        emit({
          code: 'zombie-commit',
          layer: 'ledger',
          message: `snapshot ${event.snapshot?.snapshotId} belongs to no committed batch`,
          identity: null,
          subject: `snapshot ${event.snapshot?.snapshotId}`,
          actual: [{ batch, to: event.to, rows: event.snapshot?.rowsClaimed ?? null }],
        });
      }
    }
  }
}
