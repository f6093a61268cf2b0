/**
 * Group G: the other lines of defence of broker, store, ledger and engine, one switched off at a
 * time, each with the anomaly that then has to be named.
 *
 * Lines that stand behind another one and show nothing alone are not here; they are taken out
 * together with the one in front of them, in the other groups.
 */

import type { SwarmProfile } from '../../simulation/schedule/swarm.ts';
import type { Guards } from '../../simulation/system/pipeline-stores.ts';
import type { PlantedBug } from '../planted-bug.ts';

function defence(
  number: number,
  title: string,
  expected: readonly string[],
  guards: Guards,
  profile: SwarmProfile = {},
): PlantedBug {
  const id = `G${number}`;
  const from = 'line of defence';
  return {
    id,
    group: 'G',
    system: 'pipeline',
    from,
    window: null,
    title,
    expected,
    guards,
    profile,
  };
}

export const defenceBugs: readonly PlantedBug[] = [
  defence(1, 'aborted records are handed out', ['aborted-read'], {
    broker: { abortedHidden: false },
  }),
  defence(
    2,
    'records of open transactions are handed out',
    ['precommitted-read'],
    { broker: { undecidedHidden: false } },
    { kinds: ['open-transaction'] },
  ),
  defence(3, 'the producer is told other offsets', ['inconsistent-offset'], {
    broker: { offsetsStable: false },
  }),
  defence(
    4,
    'a fetch leaves out a record',
    ['poll-skip', 'internal-poll-skip', 'unseen', 'missing'],
    { broker: { fetchComplete: false } },
    { faultsMax: 0 },
  ),
  defence(5, 'dead letters are dropped', ['missing', 'did-not-converge'], {
    hotStore: { 'dead-letters-kept': false },
  }),
  defence(6, 'records without a value are dropped', ['missing', 'did-not-converge'], {
    hotStore: { 'null-kept': false },
  }),
  defence(7, 'prices pass through a float', ['altered'], { hotStore: { 'decimals-exact': false } }),
  defence(8, 'values move to another row', ['altered'], { hotStore: { 'values-in-place': false } }),
  defence(
    9,
    'the summary of a snapshot forgets rows',
    ['stats-wrong'],
    { engine: { 'rows-claimed': false } },
    { faultsMax: 0 },
  ),
  defence(
    10,
    'sequence numbers stand still',
    ['lineage-broken'],
    { engine: { 'sequence-rises': false } },
    { faultsMax: 0 },
  ),
  defence(
    11,
    'a snapshot names no parent',
    ['lineage-broken'],
    { engine: { 'parent-right': false } },
    { faultsMax: 0 },
  ),
  defence(
    12,
    'a snapshot has its own files only',
    ['snapshot-shrinks', 'snapshot-not-prefix', 'missing'],
    { engine: { 'carries-files': false } },
    { faultsMax: 0 },
  ),
  defence(
    13,
    'expiry takes what a kept snapshot leads to',
    ['dangling-file'],
    { engine: { 'deletes-unreachable': false } },
    { settings: { snapshotsKeptMin: 1, batchRowsMax: 2, rangeRowsMax: 2 } },
  ),
  defence(
    14,
    'the open range is not the only one',
    ['zombie-commit', 'overlapping-ranges', 'head-regression'],
    { ledger: { oneIntent: false, headCas: false, rangeEpoch: false } },
    { settings: { ingesters: 2, partitions: 1 }, kinds: ['lease-jump', 'pause', 'delay', 'crash'] },
  ),
];
