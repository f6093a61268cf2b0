/**
 * Test lanes: unit tests side by side; tests that start real services one file at a time, because
 * they share two cores.
 */
import { defineConfig } from 'vitest/config';

const integration = [
  '**/*.integration.test.ts',
  'scenarios/**/*.test.ts',
  'harness/environment/local.test.ts',
];
const ignored = ['node_modules/**', 'reports/out/**'];

export default defineConfig({
  test: {
    reporters: ['default', './harness/vitest/reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,harness,properties,reports,load}/**/*.test.ts'],
          exclude: [...ignored, ...integration],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
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
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
