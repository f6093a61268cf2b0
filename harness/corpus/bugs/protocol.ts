/**
 * Group P: bugs of this pipeline's own protocol that the simulation found, each planted again by
 * taking its mend out.
 *
 * Their smallest counterexamples are kept in `properties/regressions/`.
 */
import { settingsDefault } from '../../simulation/schedule/settings.ts';
import type { PlantedBug } from '../planted-bug.ts';

const partitionIngest = 'src/pipeline/stages/ingest/partition-ingest.ts';
const leases = 'harness/simulation/stores/ledger-leases.ts';
const protocol = { group: 'P', system: 'pipeline' } as const;

export const protocolBugs: readonly PlantedBug[] = [
  {
    ...protocol,
    id: 'P1',
    window: 19,
    from: 'found by seed 246',
    title: 'an ingester with nothing to write never notices that a restored head went back',
    expected: ['did-not-converge'],
    edits: [
      {
        file: partitionIngest,
        find: 'if (found === head) return;',
        replace: 'if (found !== -1n) return;',
      },
    ],
    profile: { kinds: ['ledger-restore'] },
  },
  {
    ...protocol,
    id: 'P2',
    window: 19,
    from: 'found by seed 5060',
    title: 'a restore takes the lease of a table away, and its former owner may swing',
    expected: ['late-duplicate', 'duplicate', 'zombie-commit'],
    guards: { ledger: { epochNeedsLease: false } },
    schedule: {
      version: 1,
      settings: { ...settingsDefault, partitions: 1 },
      workload: [{ do: 'send', afterMs: 0, partition: 0, trades: 2, malformed: 0 }],
      choices: [],
      faults: [
        {
          at: {
            process: 'offload-1',
            step: 'catalog.create',
            occurrence: 1,
            point: 'answered',
          },
          action: { do: 'environment', what: 'ledger-backup', n: 0 },
        },
        {
          at: {
            process: 'offload-1',
            step: 'store.read-files',
            occurrence: 1,
            point: 'before',
          },
          action: { do: 'environment', what: 'ledger-restore', n: 0 },
        },
      ],
    },
  },
  {
    ...protocol,
    id: 'P3',
    window: null,
    from: 'found by seed 743',
    title: "a dead owner's lease is believed for as long as the database's clock went back",
    expected: ['did-not-converge'],
    edits: [
      {
        file: leases,
        find: 'expiresAtMs >= nowMs && expiresAtMs <= nowMs + lifeTimes * ttlMs;',
        replace: 'expiresAtMs >= nowMs + 0 * lifeTimes * ttlMs;',
      },
    ],
    profile: { kinds: ['crash', 'clock-back'] },
  },
  {
    ...protocol,
    id: 'P4',
    window: 5,
    from: 'found by the conformance suite of the hot store',
    title: 'an insert that had looked before the fence was there lands behind it',
    expected: ['late-duplicate', 'duplicate'],
    guards: { hotStore: { 'fence-ends-inserts': false } },
    profile: {
      settings: { ingesters: 2, deduplicationWindow: 1 },
      kinds: ['slow', 'pause', 'crash', 'lose', 'store-forgets-tokens'],
    },
  },
];
