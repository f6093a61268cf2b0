/** Which batches read_committed shows: planted aborts are hidden, near misses are not. */
import { expect, it } from 'vitest';
import { answerBytes, batch, readerOf } from './broker-answers.test-kit.ts';
import { CommittedFilter } from './committed-batches.ts';
import { decodeFetch } from './protocol.ts';
import { isAbortMarker, type RecordBatch, readBatchHeaders } from './record-batch.ts';

const shown = (filter: CommittedFilter, batches: readonly RecordBatch[]) =>
  batches.filter((entry) => filter.shows(entry)).map(({ offsetFirst }) => offsetFirst);

const at = (offset: number, changes: Partial<RecordBatch>) =>
  batch({ offsetFirst: offset, offsetLast: offset, ...changes });

/** A real abort marker, moved to another offset and producer. */
function abortMarker(offset: number, producerId: bigint): RecordBatch {
  const { bytes, start, end } = decodeFetch(readerOf(answerBytes('fetch1')));
  const marker = readBatchHeaders(bytes, start, end).find((b) => b.control && isAbortMarker(b))!;
  return { ...marker, offsetFirst: offset, offsetLast: offset, producerId };
}

it('hides an aborted producer up to its marker and nobody else', () => {
  const filter = new CommittedFilter([{ producerId: 7n, offsetFirst: 2n }]);
  const batches = [
    at(0, { transactional: true, producerId: 8n }),
    at(1, { transactional: true, producerId: 7n }),
    at(2, { transactional: true, producerId: 7n }),
    at(3, { transactional: true, producerId: 8n }),
    at(4, {}),
    at(5, { producerId: 7n }),
    abortMarker(6, 7n),
    at(7, { transactional: true, producerId: 7n }),
  ];
  expect(shown(filter, batches)).toEqual([0, 1, 3, 4, 5, 7]);
});

it('does not need the list in order, and knows one producer that aborts twice', () => {
  const filter = new CommittedFilter([
    { producerId: 7n, offsetFirst: 5n },
    { producerId: 7n, offsetFirst: 0n },
  ]);
  const own = { transactional: true, producerId: 7n };
  const batches = [
    at(0, own),
    abortMarker(1, 7n),
    at(2, own),
    at(5, own),
    abortMarker(6, 7n),
    at(7, own),
  ];
  expect(shown(filter, batches)).toEqual([2, 7]);
});

it('a control batch that compaction has emptied ends nothing', () => {
  const filter = new CommittedFilter([{ producerId: 7n, offsetFirst: 0n }]);
  const own = { transactional: true, producerId: 7n };
  expect(shown(filter, [at(0, own), at(1, { ...own, control: true }), at(2, own)])).toEqual([]);
});
