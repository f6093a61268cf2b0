/**
 * What every hot store promises, asked of the simulated one and of ClickHouse alike.
 *
 * The simulation is only worth what it has in common with the store that it stands for. So there is
 * one list of promises, and both run it: what is true of one and not of the other is a bug of the
 * simulation, however plausible it looks. Nothing in here knows which of the two it talks to.
 */
import { describe } from 'vitest';
import { deadLetterPromises } from './hot-store-dead-letters.suite.test-kit.ts';
import { fencePromises } from './hot-store-fence.suite.test-kit.ts';
import { type HotStoreTwin, tokensMax } from './hot-store-ground.test-kit.ts';
import { readingBack } from './hot-store-reading.suite.test-kit.ts';
import { runningInserts } from './hot-store-running.suite.test-kit.ts';
import { tokenPromises } from './hot-store-tokens.suite.test-kit.ts';

export function hotStoreSuite(name: string, twin: HotStoreTwin): void {
  const opened = () => twin.open(tokensMax);
  describe(`${name}: what an insert writes is read back by range`, () => readingBack(opened));
  describe(`${name}: dead letters`, () => deadLetterPromises(opened));
  describe(`${name}: tokens`, () => tokenPromises(opened));
  describe(`${name}: the fence`, () => fencePromises(opened));
  describe(`${name}: the fence and inserts that run`, () => runningInserts(opened, twin.slowRows));
}
