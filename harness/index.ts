/**
 * What others may use of the harness: to write scenarios, to prove their own pipeline, to read
 * evidence.
 *
 * Everything that is not listed here may change without notice.
 */
export { type VerifyOptions, type VerifyResult, verify } from './checkers/verify.ts';
export type { Addresses, Environment, ServiceName } from './environment/environment.ts';
export { createLocalEnvironment, type LocalOptions } from './environment/local.ts';
export { readJournal } from './experiment/journal.ts';
export type * from './experiment/journal-events.ts';
export { type ProveResult, prove } from './experiment/prove.ts';
export type { ProveOptions } from './experiment/prove-options.ts';
export { buildVerdict } from './experiment/verdict.ts';
export { type Fault, type FaultName, faultNames } from './faults/fault.ts';
export { openHttpGate } from './faults/http-gate.ts';
export { openPostgresGate } from './faults/postgres-gate.ts';
export { generateTrades } from './workload/generate-trades.ts';
export { produce } from './workload/produce.ts';
export { readRecording } from './workload/read-recording.ts';
