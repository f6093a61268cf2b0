/** The simulated log passes the conformance suite of the real one. */
import { describe } from 'vitest';
import { logReadingSuite } from './log-source.suite.test-kit.ts';
import { openSimulatedLog } from './log-source-simulated.test-kit.ts';
import { logTroubleSuite } from './log-source-trouble.suite.test-kit.ts';
import { logWritingSuite } from './log-source-writing.suite.test-kit.ts';

describe('the simulated log', () => {
  logReadingSuite(openSimulatedLog);
  logTroubleSuite(openSimulatedLog);
  logWritingSuite(openSimulatedLog);
});
