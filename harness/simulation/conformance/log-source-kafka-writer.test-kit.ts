/**
 * A producer of single requests to a real broker: what it is told, it sends, under the numbers it is
 * given.
 *
 * A client library hides what the conformance suite asks about: batches sent again, batches that
 * come too late, ends of transactions asked for twice. The requests are of the versions in which a
 * transaction begins with its first batch and every end gives a new epoch (KIP-890). Only refusals
 * that pass by themselves are asked again here.
 */
import {
  type API,
  Connection,
  createAPI,
  endTxnV4,
  findCoordinatorV4,
  initProducerIdV5,
  listOffsetsV7,
  NumericMap,
  produceV11,
  protocolErrorsCodesById,
  type Reader,
  ResponseError,
} from '@platformatic/kafka';
import { systemClock } from '../../system-clock.ts';
import type { BatchNumbers, RawWriter } from './log-source-ground.test-kit.ts';

const attemptsMax = 200;
const pauseMs = 50;
const transactionTimeoutMs = 60_000;
const acksAll = -1;
const transactionCoordinator = 1;
const latestTimestamp = -1n;

interface EndTxnAnswer {
  readonly errorCode: number;
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

type ArgumentsOf<Api> = Api extends API<infer Arguments, unknown> ? Arguments : never;

const produceV12 = createAPI<
  ArgumentsOf<typeof produceV11.api>,
  ReturnType<typeof produceV11.parseResponse>
>(0, 12, produceV11.createRequest, produceV11.parseResponse);

const endTxnV5 = createAPI<[string, bigint, number, boolean], EndTxnAnswer>(
  26,
  5,
  endTxnV4.createRequest,
  (_correlationId: number, apiKey: number, apiVersion: number, reader: Reader) => {
    reader.readInt32();
    const errorCode = reader.readInt16();
    const answer = { errorCode, producerId: reader.readInt64(), producerEpoch: reader.readInt16() };
    reader.readTaggedFields();
    if (errorCode === 0) return answer;
    throw new ResponseError(apiKey, apiVersion, { '/': [errorCode, null] }, { ...answer });
  },
);

const passing = new Set([
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'NOT_LEADER_OR_FOLLOWER',
]);

export interface KafkaRawWriter extends RawWriter {
  /** Where the log ends, open transactions included. */
  ends(topic: string, partitions: readonly number[]): Promise<readonly bigint[]>;
  close(): Promise<void>;
}

export async function openRawWriter(host: string, port: number): Promise<KafkaRawWriter> {
  const connection = new Connection('conformance-raw');
  connection.on('error', () => undefined); // every request learns of it through its own answer
  await connection.connect(host, port);
  return {
    start: async (transactionalId) => {
      // The first who looks for a coordinator makes the broker create its log.
      if (transactionalId !== null) {
        const ids = [transactionalId];
        await granted(() => findCoordinatorV4.api.async(connection, transactionCoordinator, ids));
      }
      const answer = await granted(() =>
        initProducerIdV5.api.async(connection, transactionalId, transactionTimeoutMs),
      );
      if (typeof answer === 'string') throw new Error(`InitProducerId: ${answer}`);
      return { producerId: answer.producerId, epoch: answer.producerEpoch };
    },
    produce: async (topic, partition, batch, values, transactionalId) => {
      const answer = await granted(() =>
        produceV12.async(
          connection,
          acksAll,
          transactionTimeoutMs,
          values.map((value) => ({ topic, partition, value: Buffer.from(value) })),
          optionsOf(topic, partition, batch, transactionalId),
        ),
      );
      if (typeof answer === 'string') return answer;
      return answer.responses[0]!.partitionResponses[0]!.baseOffset;
    },
    end: async (transactionalId, { producerId, epoch }, outcome) => {
      const committed = outcome === 'committed';
      const answer = await granted(() =>
        endTxnV5.async(connection, transactionalId, producerId, epoch, committed),
      );
      if (typeof answer === 'string') return answer;
      return { producerId: answer.producerId, epoch: answer.producerEpoch };
    },
    ends: async (name, partitions) => {
      const asked = partitions.map((partitionIndex) => ({
        partitionIndex,
        currentLeaderEpoch: -1,
        timestamp: latestTimestamp,
      }));
      const answer = await listOffsetsV7.api.async(connection, -1, 0, [
        { name, partitions: asked },
      ]);
      return answer.topics[0]!.partitions.toSorted(
        (a, b) => a.partitionIndex - b.partitionIndex,
      ).map(({ offset }) => offset);
    },
    close: () => connection.close(),
  };
}

function optionsOf(
  topic: string,
  partition: number,
  { producerId, epoch, sequence }: BatchNumbers,
  transactionalId: string | null,
) {
  return {
    producerId,
    producerEpoch: epoch,
    sequences: new NumericMap([[`${topic}:${partition}`, sequence]]),
    transactionalId,
  };
}

/** The answer, or Kafka's name of a refusal that stays. */
async function granted<T>(ask: () => Promise<T>): Promise<T | string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      if (!passing.has(refusal)) return refusal;
      if (attempt >= attemptsMax) throw error;
    }
    await systemClock.sleep(pauseMs);
  }
}

function refusalOf(error: unknown): string | null {
  if (!(error instanceof ResponseError)) return null;
  const [first] = error.errors;
  if (typeof first !== 'object' || first === null || !('apiCode' in first)) return null;
  const names: Readonly<Record<number, string>> = protocolErrorsCodesById;
  return names[Number(first.apiCode)] ?? `error ${first.apiCode}`;
}
