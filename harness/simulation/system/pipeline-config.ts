/**
 * The production configuration of a simulated run: the services' own loader, with small ranges and
 * addresses that nobody ever connects to.
 */
import { type Config, loadConfig } from '../../../src/pipeline/config.ts';
import type { Settings } from '../schedule/schedule.ts';
import { leaseMs, lingerMs, outageMsMax } from '../schedule/settings.ts';

export const topicName = 'trades';

const base: Config = loadConfig({
  environment: {},
  flags: {
    'kafka-bootstrap-servers': 'simulated:1',
    'kafka-topic': topicName,
    'clickhouse-url': 'http://simulated',
    'postgres-url': 'postgres://simulated/ledger',
    'lake-warehouse': 'file:///simulated',
  },
});

export function pipelineConfig(settings: Settings): Config {
  const { rangeRowsMax, batchRowsMax, snapshotsKeptMin } = settings;
  return {
    ...base,
    lake: { ...base.lake, batchRowsMax, snapshotsKeptMin },
    ingest: { ...base.ingest, rangeRowsMax, lingerMs },
    leaseMs,
    outageMsMax,
  };
}
