/** What the outside may use of the pipeline; everything else is private to it. */
export { type Config, configKeys, environmentName, flagName, loadConfig } from './config.ts';
export { type ErrorCode, errorCode, errorCodes, TidemarkError } from './errors.ts';
export { exitCrash, exitUsage, main, parseServiceArguments, runService } from './main.ts';
export { lakeTableName } from './pipeline.ts';
