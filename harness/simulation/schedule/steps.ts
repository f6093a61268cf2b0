/**
 * The steps that a fault may name: every request that a simulated process makes to a service.
 *
 * A fault at a step that nobody takes would never strike, and a counterexample with such a fault is
 * mistyped or not ours. The names stand where the requests are made; a test runs schedules and sees
 * that no step is missing here.
 */

const pipelineSteps = [
  'broker.topic',
  'broker.offsets',
  'broker.fetch',
  'broker.read',
  'broker.start-producer',
  'broker.produce',
  'broker.end-transaction',
  'broker.publish-progress',
  'store.prepare',
  'store.fence',
  'store.insert-trades',
  'store.insert-dead-letters',
  'store.inspect',
  'store.partitions',
  'store.read-files',
  'ledger.migrate',
  'ledger.check-guards',
  'ledger.acquire',
  'ledger.renew',
  'ledger.release',
  'ledger.fence',
  'ledger.heartbeat',
  'ledger.leave',
  'ledger.register-topic',
  'ledger.head',
  'ledger.intent',
  'ledger.open',
  'ledger.close',
  'ledger.close-open',
  'ledger.open-batch',
  'ledger.freeze',
  'ledger.freeze-maintenance',
  'ledger.reopen',
  'ledger.void',
  'ledger.batch-state',
  'catalog.pointer',
  'catalog.create',
  'catalog.swing',
  'warehouse.write-data',
  'warehouse.write-metadata',
  'warehouse.delete',
] as const;

const foilSteps = [
  'broker.committed',
  'store.count',
  'store.scan',
  'ledger.audit-write',
  'ledger.mark-running',
  'ledger.start-run',
  'ledger.watermark-read',
  'ledger.watermark-write',
  'catalog.append',
  'warehouse.count',
  'warehouse.job-state',
  'warehouse.submit-job',
] as const;

export const stepNames: ReadonlySet<string> = new Set([...pipelineSteps, ...foilSteps]);
