/** Where things stand below the folder of a run, for those who write them and those who clean up. */
import { join } from 'node:path';

/** The data of the ClickHouse engine. */
export const clickhouseData = join('clickhouse', 'data');
