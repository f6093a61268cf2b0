/**
 * From free ports to the plan of each service and the addresses of all.
 *
 * All ports are chosen before anything starts, because Kafka must advertise the port of its proxy.
 * The warehouse lies in the run folder, where ClickHouse can read and write.
 */

import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { planClickhouse } from './clickhouse.ts';
import type { Addresses, ServiceAddresses } from './environment.ts';
import type { Installed } from './fetch.ts';
import { planKafka } from './kafka.ts';
import { freePorts } from './ports.ts';
import { planPostgres, postgresUrl } from './postgres.ts';
import type { RunFolder } from './run-folder.ts';
import type { ServicePlan } from './service-process.ts';
import { planToxiproxy } from './toxiproxy.ts';

export interface Plans {
  readonly plans: readonly ServicePlan[];
  readonly addresses: Addresses;
}

export async function planServices(installed: Installed, run: RunFolder): Promise<Plans> {
  const ports = await freePorts(9);
  const [internal, client, controller, postgres, clickhouse, api, ...proxied] = ports as Nine;
  const [kafkaProxy, postgresProxy, clickhouseProxy] = proxied;
  mkdirSync(run.path('warehouse'), { recursive: true });
  const plans = await Promise.all([
    planKafka(installed.kafka, run, { internal, client, controller, proxy: kafkaProxy }),
    planPostgres(installed.postgres, run, postgres),
    planClickhouse(run, clickhouse),
    planToxiproxy(installed.toxiproxy, run, api, [
      { name: 'kafka', listenPort: kafkaProxy, upstreamPort: client },
      { name: 'postgres', listenPort: postgresProxy, upstreamPort: postgres },
      { name: 'clickhouse', listenPort: clickhouseProxy, upstreamPort: clickhouse },
    ]),
  ]);
  const addresses = {
    direct: serviceAddresses(internal, postgres, clickhouse),
    proxied: serviceAddresses(kafkaProxy, postgresProxy, clickhouseProxy),
    toxiproxyUrl: `http://127.0.0.1:${api}`,
    warehouseUri: pathToFileURL(run.path('warehouse')).href,
  };
  return { plans, addresses };
}

type Nine = [number, number, number, number, number, number, number, number, number];

function serviceAddresses(kafka: number, postgres: number, clickhouse: number): ServiceAddresses {
  return {
    kafkaBootstrap: `127.0.0.1:${kafka}`,
    postgresUrl: postgresUrl(postgres),
    clickhouseUrl: `http://127.0.0.1:${clickhouse}`,
  };
}
