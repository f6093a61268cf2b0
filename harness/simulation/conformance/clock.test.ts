/** Both clocks keep the promises of the port. */
import { systemClock } from '../../../src/pipeline/adapters/clock/system-clock.ts';
import { Kernel } from '../kernel/kernel.ts';
import { Life } from '../kernel/process.ts';
import { clockConformance } from './clock.suite.test-kit.ts';

clockConformance('the clock of the machine', () => ({
  clock: systemClock,
  pass: (waiting) => waiting,
}));

clockConformance('the clock of a simulated life', () => {
  const kernel = new Kernel([]);
  const { clock } = new Life(kernel, 'process', 1, 0);
  return {
    clock,
    pass: async (waiting) => {
      let settled = false;
      const end = () => {
        settled = true;
      };
      waiting.then(end, end);
      await kernel.run(kernel.nowMs + 100_000, () => settled);
      return waiting;
    },
  };
});
