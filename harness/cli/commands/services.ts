/**
 * `tidemark ingest` and `tidemark offload`: the production services, with their arguments
 * untouched.
 */
import { configKeys, environmentName, flagName, main } from '../../../src/pipeline/index.ts';
import { type Command, exitCodes } from '../command.ts';

function service(name: 'ingest' | 'offload', summary: string, own: Command['options']): Command {
  const settings = configKeys.map(
    (key) => [flagName(key), { type: 'string', help: `${key} (${environmentName(key)})` }] as const,
  );
  return {
    name,
    summary,
    options: {
      config: { type: 'string', value: 'FILE', help: 'JSON file with settings' },
      ...own,
      ...Object.fromEntries(settings),
    },
    raw: (argv) => main([name, ...argv.filter((word) => word !== '--json')]),
    run: async () => exitCodes.usage,
  };
}

export const ingest = service(
  'ingest',
  'service: Kafka to ClickHouse, range by range, until SIGTERM',
  {},
);

export const offload = service(
  'offload',
  'service: closed ranges to Iceberg, once or every so often',
  {
    every: { type: 'string', value: '15m', help: 'repeat after this time; without it one cycle' },
  },
);
