/**
 * The plan of the main job as data: how fast, in what portions, and where the faults strike.
 *
 * A small input is paced so that several offload cycles and all faults fall into the middle of the
 * stream; a large one runs as fast as it goes, in the portions that production would use. The same
 * plan is written into the journal and printed by `--json`.
 */

export interface MainJobPlan {
  readonly topic: string;
  readonly partitions: number;
  /** Records a second; null: as fast as it goes. */
  readonly ratePerSecond: number | null;
  readonly rangeRowsMax: number;
  readonly lingerMs: number;
  readonly leaseMs: number;
  readonly offloadEvery: string;
  /** Which insert and which swing the faults hit. */
  readonly killAtInsert: number;
  readonly cutAtInsert: number;
  readonly cutAtSwing: number;
  /** How often `random-kills` strikes, and the longest pause before each. */
  readonly kills: number;
  readonly killPauseMsMax: number;
  /** Bound for the lag to return to zero after the last record. */
  readonly drainMsMax: number;
}

const smallRecordsMax = 250_000;
const smallSeconds = 6;

/** `records`: how many are about to be produced, as far as known. */
export function planMainJob(records: number): MainJobPlan {
  const small = records <= smallRecordsMax;
  return {
    topic: 'market.crypto.trades.binance.raw',
    partitions: 4,
    ratePerSecond: small ? Math.max(200, Math.ceil(records / smallSeconds)) : null,
    rangeRowsMax: small ? 2_000 : 200_000,
    lingerMs: 100,
    leaseMs: 2_000,
    offloadEvery: '1s',
    killAtInsert: 5,
    cutAtInsert: 4,
    cutAtSwing: 3,
    kills: 20,
    killPauseMsMax: 1_000,
    drainMsMax: 60_000 + records / 20,
  };
}
