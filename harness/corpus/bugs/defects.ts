/**
 * Group A: the defects of the hand-off's own design, each with its smallest schedule.
 *
 * They need no planting: the foil is built as the hand-off describes it. `A3` is defect D3.
 */
import { defects } from '../../foil/defects.ts';
import type { PlantedBug } from '../planted-bug.ts';

/** Of several names the one that says most comes first. */
const telling = ['candle-frozen', 'head-regression'];
const rank = (code: string) => (telling.includes(code) ? 0 : 1);

export const defectBugs: readonly PlantedBug[] = defects.map((defect) => ({
  id: defect.id.replace('D', 'A'),
  group: 'A',
  title: defect.title,
  from: `hand-off ${defect.id}`,
  window: null,
  system: 'foil',
  expected: [...defect.codes].sort((a, b) => rank(a) - rank(b)),
  foil: defect.foil,
  schedule: defect.schedule,
}));
