/**
 * Test lanes: unit tests side by side; then long simulations, one file at a time; then tests that
 * start real services, one file at a time as well, because they share two cores.
 */
import { defineConfig } from 'vitest/config';

const integration = [
  '**/*.integration.test.ts',
  'scenarios/**/*.test.ts',
  'harness/environment/local.test.ts',
];
const simulation = ['harness/**/*.simulation.test.ts'];
const ignored = ['node_modules/**', 'reports/out/**'];

export default defineConfig({
  test: {
    reporters: ['default', './harness/vitest/reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,harness,properties,reports,load}/**/*.test.ts'],
          exclude: [...ignored, ...integration, ...simulation],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'simulation',
          include: simulation,
          exclude: ignored,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'services',
          include: integration,
          exclude: ignored,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
