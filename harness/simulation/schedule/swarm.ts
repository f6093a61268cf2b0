/**
 * From a seed to a schedule: each seed draws its own mix of settings, workload and faults.
 *
 * Swarm testing: a run in which every kind of fault is a little likely tends to meet the same few
 * of them; a run that leaves most kinds out meets the others more deeply. So each seed first draws
 * which kinds it uses at all. Everything drawn here can be survived: nothing destroys the only copy
 * of a record, and whatever dies is started again. Same seed, same schedule, on every machine.
 */
import { Prng } from '../../workload/prng.ts';
import { drawFault, faultKinds } from './draw-fault.ts';
import type { Fault, Schedule, Settings, WorkloadItem } from './schedule.ts';
import { settingsDefault } from './settings.ts';

export interface SwarmProfile {
  /** Set to fix settings that the seed would draw. */
  readonly settings?: Partial<Settings>;
  /** Kinds of faults to draw from; default all that can be survived. */
  readonly kinds?: readonly string[];
  readonly faultsMax?: number;
}

const choicesMax = 240;
const workloadItemsMax = 10;

export function swarmSchedule(seed: number, profile: SwarmProfile = {}): Schedule {
  const random = new Prng(seed);
  const settings = { ...drawSettings(random), ...profile.settings };
  const faultsMax = profile.faultsMax ?? 6;
  const kinds = drawKinds(random, profile.kinds ?? faultKinds);
  const faults: Fault[] = [];
  const count = random.below(faultsMax + 1);
  for (let i = 0; i < count; i += 1) {
    faults.push(drawFault(random, kinds[random.below(kinds.length)]!, settings));
  }
  return {
    version: 1,
    settings,
    workload: drawWorkload(random, settings),
    choices: drawChoices(random),
    faults: survivable(withBackups(faults)),
  };
}

function drawSettings(random: Prng): Settings {
  return {
    ...settingsDefault,
    partitions: 1 + random.below(3),
    ingesters: 1 + random.below(2),
    offloaders: 1 + random.below(2),
    rangeRowsMax: 2 + random.below(10),
    batchRowsMax: 4 + random.below(30),
    deduplicationWindow: random.below(4) === 0 ? 2 + random.below(4) : 100,
    snapshotsKeptMin: 2 + random.below(4),
    offloadEveryMs: 1_000 + random.below(6) * 600,
  };
}

/** A third of the kinds on average, at least one. */
function drawKinds(random: Prng, all: readonly string[]): readonly string[] {
  const kinds = all.filter(() => random.below(3) === 0);
  return kinds.length > 0 ? kinds : [all[random.below(all.length)]!];
}

function drawWorkload(random: Prng, settings: Settings): WorkloadItem[] {
  const items: WorkloadItem[] = [];
  const count = 2 + random.below(workloadItemsMax - 1);
  for (let i = 0; i < count; i += 1) {
    const afterMs = random.below(3) === 0 ? random.below(4_000) : random.below(200);
    // A run without a record would have nothing to check.
    if (i > 0 && i < count - 1 && random.below(6) === 0) {
      const end = random.below(2) === 0 ? 'commit' : 'abort';
      items.push({ do: 'transaction', afterMs, trades: 1 + random.below(3), end });
    } else {
      items.push({
        do: 'send',
        afterMs,
        partition: random.below(settings.partitions),
        trades: 1 + random.below(9),
        malformed: random.below(5) === 0 ? 1 + random.below(2) : 0,
      });
    }
  }
  return items;
}

/**
 * Two things together that nobody promises to survive. A producer that dies at every send leaves
 * nothing to check. And an insert that arrives twice looks twice before either lands: only the
 * token keeps the second out, and a torn insert leaves none.
 */
function survivable(faults: readonly Fault[]): Fault[] {
  const isTorn = faults.some((fault) => isEnvironment(fault, 'store-tears-insert'));
  const ends = ({ at, action }: Fault) => at.process === 'producer' && action.do === 'crash';
  const firstEnd = faults.findIndex(ends);
  return faults.filter((fault, index) => {
    const isRepeated = fault.action.do === 'duplicate' && fault.at.step.startsWith('store.insert-');
    return !(isTorn && isRepeated) && !(ends(fault) && index > firstEnd);
  });
}

/** Mostly ordinary latencies; how wild a run is differs from seed to seed. */
function drawChoices(random: Prng): number[] {
  const wildness = random.below(4);
  const choices: number[] = [];
  const count = wildness === 0 ? 0 : random.below(choicesMax);
  for (let i = 0; i < count; i += 1) {
    choices.push(random.below(4) < wildness ? random.below(8) : 0);
  }
  return choices;
}

/**
 * A restore needs a backup before it, and a database whose clock has not gone back: epochs carry
 * the time, and the hot store would refuse the new owners until the clock has caught up.
 */
function withBackups(faults: readonly Fault[]): Fault[] {
  const restores = faults.filter((fault) => isEnvironment(fault, 'ledger-restore'));
  if (restores.length === 0) return [...faults];
  const backup: Fault = {
    at: { process: 'producer', step: 'broker.produce', occurrence: 1, point: 'answered' },
    action: { do: 'environment', what: 'ledger-backup', n: 0 },
  };
  const goesBack = ({ action }: Fault) =>
    action.do === 'clock' && action.of === 'ledger' && action.ms < 0;
  return [backup, ...faults.filter((fault) => !goesBack(fault))];
}

const isEnvironment = (fault: Fault, what: string) =>
  fault.action.do === 'environment' && fault.action.what === what;
