import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecording } from './read-recording.ts';
import { lineBytesMax } from './recording-lines.ts';
import { NotARecordingError } from './workload-error.ts';
import type { WorkloadRecord } from './workload-record.ts';

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url).pathname;
const event = (id: number | string) =>
  `{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":${id},"p":"61837.63000000",` +
  `"q":"0.02000000","T":1723161255342,"m":true,"M":true}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-recording-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(file: string): Promise<WorkloadRecord[]> {
  const records: WorkloadRecord[] = [];
  for await (const record of readRecording(file)) records.push(record);
  return records;
}

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function refusal(path: string): Promise<NotARecordingError> {
  const error = await read(path).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NotARecordingError);
  return error as NotARecordingError;
}

describe('recordings that are read', () => {
  test('of a combined stream only trades are kept, as their exact bytes', async () => {
    const path = fixture('combined-stream-btcusdt.txt');
    const records = await read(path);
    const expected = (await readFile(path, 'utf8'))
      .split('\n')
      .filter((line) => line.includes('@trade'))
      .map((line) => line.slice(line.indexOf('"data":') + 7, -1));
    expect(expected).toHaveLength(6);
    expect(records.map((record) => record.value?.toString())).toEqual(expected);
    expect(records[0]).toMatchObject({ symbol: 'BTCUSDT', tradeId: 3735683259n });
    expect(records[0]!.key.toString()).toBe('BTCUSDT');
  });

  test('the order-book snapshot of a combined stream is passed over', async () => {
    const lines =
      '1723161254206652067 {"lastUpdateId":7,"bids":[],"asks":[]}\n' +
      `1723161254206652068 {"stream":"btcusdt@trade","data":${event(1)}}\n`;
    expect(await read(await file('snapshot.txt', lines))).toHaveLength(1);
  });

  test('raw events keep their bytes, spaces and strange order included', async () => {
    const odd = '{"t": 9007199254740993 ,"e":"trade","s":"BTCUSDT","E":1723161255343}';
    const path = await file('odd.jsonl.gz', gzipSync(`${event(1)}\r\n\n${odd}`));
    const records = await read(path);
    expect(records.map((record) => record.value?.toString())).toEqual([event(1), odd]);
    expect(records[1]!.tradeId).toBe(9007199254740993n);
  });

  test('a dump CSV becomes the event that Binance would have sent', async () => {
    const records = await read(fixture('dump-trades-ethbtc-20230320.csv'));
    expect(records).toHaveLength(5);
    expect(records[0]!.value?.toString()).toBe(
      '{"e":"trade","E":1679280337591,"s":"ETHBTC","t":409018748,"p":"0.06436200",' +
        '"q":"0.01580000","T":1679280337591,"m":false,"M":true}',
    );
    const named = await file(
      'BTCUSDT-trades-2023-03-20.csv',
      '1,2.5,0.1,0.25,1679280337591,True,True\n',
    );
    expect((await read(named))[0]).toMatchObject({ symbol: 'BTCUSDT', tradeId: 1n });
  });
});

describe('files that are no recording are refused with file, line and what stands there', () => {
  test.each(['not-a-recording-seconds.csv', 'not-a-recording-aggtrades.json'])(
    '%s',
    async (name) => {
      const error = await refusal(fixture(name));
      expect(error).toMatchObject({ file: fixture(name), line: 1 });
      expect(error.found.length).toBeLessThanOrEqual(80);
      expect(error.message).toContain('expected a trade event as JSON');
    },
  );

  test('a missing and an empty file', async () => {
    expect((await refusal(join(folder, 'none.jsonl'))).found).toBe('no such file');
    expect((await refusal(await file('empty', ''))).found).toBe('an empty file');
    expect((await refusal(await file('blank', '\n\n'))).found).toBe('not one trade');
    expect((await refusal(folder)).message).toMatch(/EISDIR/);
  });

  test('a gzip that breaks off or is damaged', async () => {
    const whole = gzipSync(`${event(1)}\n`.repeat(5000));
    const cut = await refusal(await file('cut.jsonl.gz', whole.subarray(0, whole.length - 30)));
    expect(cut.message).toMatch(/unexpected end of file/);
    const bad = await refusal(await file('bad.gz', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4])));
    expect(bad.message).toMatch(/is not a recording/);
  });

  test('one strange line in the middle is named by its number', async () => {
    const path = await file('middle.jsonl', `${event(1)}\n${event(2)}\nwhat is this\n`);
    const error = await refusal(path);
    expect(error).toMatchObject({ line: 3, found: 'what is this' });
    const csv = '1,2.5,0.1,0.25,1679280337591,True,True\n2,x\n';
    expect((await refusal(await file('trades-ethbtc.csv', csv))).line).toBe(2);
  });

  test('a CSV whose name has no symbol', async () => {
    const path = await file('x.csv', '1,2.5,0.1,0.25,1679280337591,True,True\n');
    expect((await refusal(path)).expected).toMatch(/file name/);
  });

  test('a line without an end does not fill the memory', async () => {
    const path = await file('endless.jsonl', Buffer.alloc(lineBytesMax + 600_000, 0x7b));
    expect((await refusal(path)).expected).toMatch(/lines of at most/);
  });
});
