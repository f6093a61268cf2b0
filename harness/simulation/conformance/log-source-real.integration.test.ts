/** The pipeline's Kafka adapter over a real broker passes the suite that the simulated log passes. */
import { afterAll, beforeAll, describe } from 'vitest';
import { createLocalEnvironment } from '../../environment/local.ts';
import { logReadingSuite } from './log-source.suite.test-kit.ts';
import { openKafkaLog } from './log-source-kafka.test-kit.ts';
import { logTroubleSuite } from './log-source-trouble.suite.test-kit.ts';
import { logWritingSuite } from './log-source-writing.suite.test-kit.ts';

const environment = createLocalEnvironment();

beforeAll(async () => {
  await environment.start();
}, 300_000);

afterAll(() => environment.stop());

describe('the real log', () => {
  const open = () => openKafkaLog(environment.addresses);
  logReadingSuite(open);
  logTroubleSuite(open);
  logWritingSuite(open);
});
