/**
 * Transactions on the log: aborted records and the markers of every transaction leave holes in the
 * offsets. The holes are known, not guessed: heads move over them, nothing of an aborted
 * transaction is in any layer, and everything committed is there once.
 */
import { CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { generateTrades } from '../harness/workload/generate-trades.ts';
import { Ground } from './ground.ts';

const ground = new Ground();
const seed = 11;
const transactions = 24;
const perTransaction = 50;
/** Every third transaction is aborted, the last one too, so that the log ends in a hole. */
const aborted = (transaction: number) => transaction % 3 === 2;

beforeAll(() => ground.start());
afterEach(() => ground.endScenarios());
afterAll(() => ground.stop());

test(`committed transactions are everywhere once, aborted ones nowhere, seed ${seed}`, async () => {
  const scenario = await ground.scenario({ partitions: 2 });
  await scenario.createTopic();
  scenario.ingest().start();
  scenario.offload().start();
  const brokers = [ground.environment.addresses.direct.kafkaBootstrap];
  const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({
    transactionalId: `scenario-${scenario.topic}`,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  const records = [...generateTrades({ seed, records: transactions * perTransaction })];
  let committed = 0;
  for (let t = 0; t < transactions; t += 1) {
    const messages = records
      .slice(t * perTransaction, (t + 1) * perTransaction)
      .map(({ value }, i) => ({ partition: (t + i) % 2, value }));
    const transaction = await producer.transaction();
    await transaction.send({ topic: scenario.topic, messages, compression: CompressionTypes.GZIP });
    await (aborted(t) ? transaction.abort() : transaction.commit());
    committed += aborted(t) ? 0 : perTransaction;
  }
  const { document } = await scenario.provenAtEnd();
  const rows = new Map(document.layers.map(({ name, rows: count }) => [name, Number(count)]));
  expect([rows.get('log'), rows.get('bronze'), rows.get('lake')]).toEqual(Array(3).fill(committed));
  const heads = await scenario.sql(
    `SELECT sum(offset_next) AS n FROM tidemark.head WHERE layer = 'bronze'`,
  );
  expect(Number(heads[0]!.n)).toBeGreaterThan(transactions * perTransaction);
});
