/**
 * Runs several contestants A/B/C/A/B/C, so that a drift of the machine hits all of them alike.
 *
 * The order turns by one from round to round: whoever is first meets the coldest caches, and that
 * shall not always be the same one.
 */
import type { Measurement, Sample, Unit } from './report.ts';

export interface Contestant {
  readonly what: string;
  readonly unit: Unit;
  readonly records: number | null;
  /** One measurement; leaves nothing behind that could disturb the next. `round` begins with 1. */
  run(round: number): Promise<Sample>;
}

/**
 * In the order of `contestants`, each with one sample a round. What a contestant rejects with ends
 * all.
 */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
  onSample: (text: string) => void,
): Promise<Measurement[]> {
  const samples = new Map<Contestant, Sample[]>(contestants.map((c) => [c, []]));
  for (let round = 1; round <= rounds; round += 1) {
    const shift = (round - 1) % contestants.length;
    for (const contestant of [...contestants.slice(shift), ...contestants.slice(0, shift)]) {
      const sample = await contestant.run(round);
      samples.get(contestant)!.push(sample);
      const { what, unit } = contestant;
      onSample(`round ${round} of ${rounds}, ${what}: ${Math.round(sample.value)} ${unit}`);
    }
  }
  return contestants.map((c) => ({
    what: c.what,
    unit: c.unit,
    records: c.records,
    samples: samples.get(c)!,
  }));
}
