/** Where things stand below a run's folder, for those who write them and those who clean up. */
import { join } from 'node:path';

/** The data of the ClickHouse engine. */
export const clickhouseData = join('clickhouse', 'data');
