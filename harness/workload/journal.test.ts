import { appendFile, mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashesPath } from './journal-format.ts';
import { openProducerJournal, type ProducerJournal } from './journal-reader.ts';
import { ProducerJournalWriter } from './journal-writer.ts';
import { hash64ToBigInt, hashOfValue, hashValue } from './record-hash.ts';

const topic = { topic: 'trades', topicId: 'topic-id', partitions: 2 };
const values = (count: number, tag: string) =>
  Array.from({ length: count }, (_, i) => Buffer.from(`${tag}-${i}`));
const part = (partition: number, count: number, tag: string) => ({
  partition,
  values: values(count, tag),
});

let folder: string;
let serial = 0;
const newPath = () => join(folder, `journal-${serial++}.jsonl`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-journal-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(write: (journal: ProducerJournalWriter) => void): Promise<string> {
  const path = newPath();
  const journal = new ProducerJournalWriter(path, topic);
  write(journal);
  journal.close();
  return path;
}

async function reading<T>(path: string, look: (journal: ProducerJournal) => Promise<T> | T) {
  const journal = await openProducerJournal(path);
  try {
    return await look(journal);
  } finally {
    await journal.close();
  }
}

const answer = (...offsets: Array<[number, bigint]>) => new Map(offsets);

describe('what was acknowledged', () => {
  test('comes back hash by hash, at the offsets the broker gave', async () => {
    const path = await written((journal) => {
      const first = journal.intend([part(0, 3, 'a'), part(1, 2, 'b')]);
      journal.acknowledge(first, answer([0, 100n], [1, 7n]));
      journal.acknowledge(journal.intend([part(1, 4, 'c')]), answer([1, 12n]));
      journal.end('end of input');
    });
    await reading(path, async (journal) => {
      expect(journal.topic).toMatchObject(topic);
      expect(journal).toMatchObject({ complete: true, acknowledgedRecords: 9, unknownRecords: 0 });
      expect(await journal.recordHashes(1, 8n, 13n)).toEqual([
        { offset: 8n, hash: hashValue(1, 8n, Buffer.from('b-1')) },
        { offset: 12n, hash: hashValue(1, 12n, Buffer.from('c-0')) },
        { offset: 13n, hash: hashValue(1, 13n, Buffer.from('c-1')) },
      ]);
      expect(await journal.recordHashes(0, 0n, 99n)).toEqual([]);
      await journal.checkSelf();
    });
  });

  test('is summed per bucket of 16,384 offsets, also where a batch crosses', async () => {
    const first = 16_384n * 2n - 5n;
    const path = await written((journal) => {
      journal.acknowledge(journal.intend([part(0, 20_000, 'a')]), answer([0, first]));
      journal.acknowledge(journal.intend([part(0, 10, 'b')]), answer([0, first + 20_000n]));
    });
    const all = [...values(20_000, 'a'), ...values(10, 'b')];
    await reading(path, async (journal) => {
      const buckets = journal.buckets();
      expect(buckets.map(({ bucket, rows }) => [bucket, rows])).toEqual([
        [1n, 5n],
        [2n, 16_384n],
        [3n, 3621n],
      ]);
      expect(buckets[0]).toMatchObject({ offsetFirst: first, offsetLast: first + 4n });
      expect(buckets[2]).toMatchObject({ offsetFirst: 49_152n, offsetLast: 52_772n });
      let at = 0;
      for (const { rows, sum } of buckets) {
        let expected = 0n;
        for (const end = at + Number(rows); at < end; at += 1) {
          expected += hash64ToBigInt(hashValue(0, first + BigInt(at), all[at]!));
        }
        expect(sum).toBe(expected % 2n ** 64n);
      }
      await journal.checkSelf();
    });
  });

  test('a record that was altered in the log is told by its hash', async () => {
    const path = await written((journal) => {
      journal.acknowledge(journal.intend([part(0, 3, 'a')]), answer([0, 0n]));
    });
    await reading(path, async (journal) => {
      const inLog = [Buffer.from('a-0'), Buffer.from('a-X'), Buffer.from('a-2')];
      const hashes = await journal.recordHashes(0, 0n, 2n);
      const differing = hashes.filter(({ offset, hash }) => {
        const seen = hashValue(0, offset, inLog[Number(offset)]!);
        return seen.lo !== hash.lo || seen.hi !== hash.hi;
      });
      expect(differing.map(({ offset }) => offset)).toEqual([1n]);
    });
  });
});

describe('what was not acknowledged', () => {
  test('a send without an answer is unknown, with the hash of each of its values', async () => {
    const path = await written((journal) => {
      const lost = journal.intend([part(0, 1, 'a'), { partition: 1, values: [null] }]);
      journal.unknown(lost, 'connection closed');
      journal.acknowledge(journal.intend([part(0, 1, 'b')]), answer([0, 1n]));
      journal.end('end of input');
    });
    await reading(path, async (journal) => {
      expect(journal).toMatchObject({ acknowledgedRecords: 1, unknownRecords: 2 });
      expect(journal.unknownSends()[0]).toMatchObject({ send: 0, reason: 'connection closed' });
      const unknown = await Array.fromAsync(journal.unknownHashes());
      expect(unknown).toEqual([
        { send: 0, partition: 0, valueHash: hashOfValue(Buffer.from('a-0')) },
        { send: 0, partition: 1, valueHash: hashOfValue(null) },
      ]);
      expect(await Array.fromAsync(journal.unknownHashes(1))).toHaveLength(1);
    });
  });

  test('a producer killed between send and answer leaves the send unknown', async () => {
    const path = await written((journal) => {
      journal.acknowledge(journal.intend([part(0, 2, 'a')]), answer([0, 0n]));
      journal.intend([part(0, 3, 'b')]);
    });
    await reading(path, (journal) => {
      expect(journal).toMatchObject({
        complete: false,
        stoppedBy: null,
        acknowledgedRecords: 2,
        unknownRecords: 3,
      });
    });
  });

  test('an answer cut off in the middle of its line never counted', async () => {
    const path = await written((journal) => {
      journal.acknowledge(journal.intend([part(0, 2, 'a')]), answer([0, 0n]));
      journal.acknowledge(journal.intend([part(0, 3, 'b')]), answer([0, 2n]));
    });
    const size = (await readFile(path)).length;
    await truncate(path, size - 9);
    await appendFile(hashesPath(path), Buffer.from([1, 2, 3]));
    await reading(path, (journal) => {
      expect(journal).toMatchObject({ acknowledgedRecords: 2, unknownRecords: 3 });
    });
  });

  test('a send repeated under a new producer id may be there once more', async () => {
    const path = await written((journal) => {
      const sent = journal.intend([part(0, 2, 'a')]);
      journal.acknowledge(sent, answer([0, 5n]));
      journal.unknown(sent, 'sent again');
    });
    await reading(path, (journal) => {
      expect(journal).toMatchObject({ acknowledgedRecords: 2, unknownRecords: 2 });
    });
  });
});

describe('a journal that can not be true is refused', () => {
  const refused = (path: string, message: RegExp) =>
    expect(openProducerJournal(path)).rejects.toMatchObject({
      code: 'journal-broken',
      message: expect.stringMatching(message) as string,
    });

  test('two acknowledged batches that overlap', async () => {
    const path = await written((journal) => {
      journal.acknowledge(journal.intend([part(0, 5, 'a')]), answer([0, 0n]));
      journal.acknowledge(journal.intend([part(0, 5, 'b')]), answer([0, 4n]));
    });
    await refused(path, /sends 0 and 1 overlap in partition 0/);
  });

  test('a missing header, a strange line, an answer to nothing', async () => {
    const path = newPath();
    await writeFile(path, '{"type":"send","send":0,"hashesAt":0,"parts":[]}\n');
    await refused(path, /does not begin with its header/);
    await writeFile(path, '');
    await refused(path, /no first line/);
    await writeFile(path, 'hello\n');
    await refused(path, /:1 is no line/);
    const other = await written(() => undefined);
    await appendFile(other, '{"type":"unknown","send":4,"reason":"x"}\n');
    await refused(other, /never announced/);
  });

  test('a side file that is too short, or holds other hashes', async () => {
    const path = await written((journal) => {
      journal.acknowledge(journal.intend([part(0, 5, 'a')]), answer([0, 0n]));
    });
    const file = await open(hashesPath(path), 'r+');
    await file.write(Buffer.from([0xaa]), 0, 1, 17);
    await file.close();
    await reading(path, async (journal) => {
      await expect(journal.checkSelf()).rejects.toThrow(
        /partition 0, bucket 0: the journal says 5:/,
      );
    });
    await truncate(hashesPath(path), 39);
    await refused(path, /has 4 of the 5 hashes named/);
  });

  test('a second run into the same journal', async () => {
    const path = await written(() => undefined);
    expect(() => new ProducerJournalWriter(path, topic)).toThrow(
      expect.objectContaining({ code: 'journal-exists' }),
    );
  });
});
