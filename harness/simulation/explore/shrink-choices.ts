/**
 * Makes the choices of a failing schedule fewer: whole stretches become 0 where the run fails all
 * the same, zeros at the end are left out, and what remains is lowered one by one.
 *
 * A choice has its meaning by its place, so an element that is dropped changes all that follow, and
 * a shrinker of lists gets nowhere. Zero is the ordinary case, and what an exhausted list gives.
 */

/** Nobody chooses among more; a greater number means the same as one below. */
const lowerMax = 9;

const withoutZerosAtTheEnd = (choices: readonly number[]): readonly number[] =>
  choices.slice(0, choices.findLastIndex((choice) => choice !== 0) + 1);

/** `accept` tells whether the schedule still fails with these choices. */
export async function fewerChoices(
  choices: readonly number[],
  accept: (fewer: readonly number[]) => Promise<boolean>,
): Promise<void> {
  let best = withoutZerosAtTheEnd(choices);
  for (let size = best.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.length; at += size) {
      if (best.slice(at, at + size).every((choice) => choice === 0)) continue;
      const zeroed = best.map((choice, index) => (index >= at && index < at + size ? 0 : choice));
      const fewer = withoutZerosAtTheEnd(zeroed);
      if (await accept(fewer)) best = fewer;
    }
  }
  for (const [at, choice] of best.entries()) {
    for (let lower = 1; lower < Math.min(choice, lowerMax); lower += 1) {
      const candidate = best.with(at, lower);
      if (!(await accept(candidate))) continue;
      best = candidate;
      break;
    }
  }
}
