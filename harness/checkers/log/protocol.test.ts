/** The protocol against the bytes of a real broker, whole, cut anywhere, and refusing. */
import { describe, expect, it } from 'vitest';
import { answerBytes, readerOf, recording, requestBytes } from './broker-answers.test-kit.ts';
import { LogReadError } from './log-error.ts';
import {
  apiVersionsApi,
  brokerError,
  decodeApiVersions,
  decodeFetch,
  decodeListOffsets,
  decodeMetadata,
  encodeApiVersions,
  encodeFetch,
  encodeListOffsets,
  encodeMetadata,
  encodeRequest,
  fetchApi,
  listOffsetsApi,
  metadataApi,
} from './protocol.ts';
import type { WireReader } from './wire-reader.ts';

const { topic, topicId } = recording;
const fetchOf = (partition: number, offset = 0, id = topicId) =>
  encodeFetch({ topicId: id, partition, offset, bytesMax: 1 << 20, waitMsMax: 500 });

it('asks as it did when a real broker understood it', () => {
  const asked = {
    apiVersions: encodeRequest(apiVersionsApi, 1, encodeApiVersions()),
    metadata: encodeRequest(metadataApi, 2, encodeMetadata(topic)),
    stable: encodeRequest(listOffsetsApi, 4, encodeListOffsets(topic, [0, 1, 2, 3], 'stable')),
    fetch0: encodeRequest(fetchApi, 6, fetchOf(0)),
    fetchTrimmed: encodeRequest(fetchApi, 9, fetchOf(1, 1000)),
  };
  for (const [name, bytes] of Object.entries(asked)) expect(bytes).toEqual(requestBytes(name));
});

describe('reads the answers of a real broker', () => {
  it('the versions it speaks', () => {
    const ranges = decodeApiVersions(readerOf(answerBytes('apiVersions'), false));
    for (const { key, version } of [fetchApi, listOffsetsApi, metadataApi]) {
      const range = ranges.find((entry) => entry.key === key)!;
      expect(range.versionMin).toBeLessThanOrEqual(version);
      expect(range.versionMax).toBeGreaterThanOrEqual(version);
    }
  });

  it('id, leaders and brokers of a topic', () => {
    const metadata = decodeMetadata(readerOf(answerBytes('metadata')), topic);
    expect(metadata.topicId).toBe(topicId);
    expect(metadata.brokers).toEqual([
      { nodeId: 1, host: '127.0.0.1', port: expect.any(Number) as number },
    ]);
    const ids = metadata.partitions.map(({ partition }) => partition).sort();
    expect(ids).toEqual([0, 1, 2, 3]);
    expect(metadata.partitions.every(({ leader, error }) => leader === 1 && error === 0)).toBe(
      true,
    );
  });

  it('offsets: the stable end lies before an open transaction', () => {
    const stable = decodeListOffsets(readerOf(answerBytes('stable')));
    const earliest = decodeListOffsets(readerOf(answerBytes('earliest')));
    const offsetOf = (offsets: typeof stable, partition: number) =>
      offsets.find((entry) => entry.partition === partition);
    expect(offsetOf(stable, 2)).toEqual({ partition: 2, error: 0, offset: 2n });
    expect(offsetOf(stable, 3)).toEqual({ partition: 3, error: 0, offset: 0n });
    expect(offsetOf(earliest, 0)).toEqual({ partition: 0, error: 0, offset: 0n });
  });

  it('aborted transactions of a partition', () => {
    const { aborted, error } = decodeFetch(readerOf(answerBytes('fetch1')));
    expect(error).toBe(0);
    expect(aborted.map(({ offsetFirst }) => offsetFirst)).toEqual([2n, 12n]);
  });
});

describe('names what a broker refuses', () => {
  it('a topic that is missing', () => {
    const read = () => decodeMetadata(readerOf(answerBytes('metadataMissing')), 'nowhere');
    expect(read).toThrow(/TOPIC_MISSING.*nowhere/);
  });

  it('an offset outside of the log, and a topic id of the past', () => {
    const errorOf = (name: string) => decodeFetch(readerOf(answerBytes(name))).error;
    expect(brokerError(errorOf('fetchTrimmed'), 'Fetch').code).toBe('OFFSET_TRIMMED');
    expect(brokerError(errorOf('fetchWrongId'), 'Fetch').code).toBe('TOPIC_MISSING');
  });
});

it('says of an answer that is cut anywhere that it is cut', () => {
  const decoders: Record<string, (reader: WireReader) => unknown> = {
    metadata: (reader) => decodeMetadata(reader, topic),
    stable: decodeListOffsets,
    fetch1: decodeFetch,
  };
  for (const [name, decode] of Object.entries(decoders)) {
    const whole = answerBytes(name);
    for (let length = 0; length < whole.length; length += 1) {
      let seen: unknown;
      try {
        decode(readerOf(whole.subarray(0, length)));
      } catch (error) {
        seen = error;
      }
      expect(seen, `${name} cut at ${length}`).toBeInstanceOf(LogReadError);
      expect(seen).toMatchObject({ code: 'TRUNCATED_ANSWER', retryable: true });
    }
  }
});
