/**
 * What comes in is not always a trade, a recording, or a flag that exists.
 *
 * Records that do not decode go the whole way and arrive as dead letters with their bytes; they are
 * part of the same equation as the trades. Input of a person that makes no sense ends with exit
 * code 254 and the place of the mistake, before anything is started.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../harness/environment/dummy.test-kit.ts';
import { generateTrades } from '../harness/workload/generate-trades.ts';
import { malformedKinds } from '../harness/workload/malformed-trades.ts';
import { tidemark } from './command-line.ts';
import { Ground } from './ground.ts';

const ground = new Ground();
const seed = 20_240_808;

beforeAll(() => ground.start());
afterEach(() => ground.endScenarios());
afterAll(() => ground.stop());

const [good] = [...generateTrades({ seed, records: 1 })].map((record) => record.value!);

describe('records that are no trades', () => {
  test(`each of ${malformedKinds.length} kinds becomes a dead letter with its reason and its bytes, between trades that arrive`, async () => {
    const scenario = await ground.scenario({ partitions: 1 });
    const sent = malformedKinds.map((kind) => kind.spoil(good!.toString()));
    await scenario.send(
      0,
      sent.flatMap((bad) => [bad, good!]),
    );
    scenario.ingest().start();
    scenario.offload().start();
    const { document } = await scenario.provenAtEnd();
    const stored = await scenario.clickhouse(
      `SELECT offset, reason, if(isNull(value), 'NULL', lower(hex(assumeNotNull(value)))) AS bytes
       FROM dead_letters ORDER BY offset`,
    );
    const expected = malformedKinds.map(({ reason }, i) => ({
      offset: `${2 * i}`,
      reason,
      bytes: sent[i]?.toString('hex') ?? 'NULL',
    }));
    expect(stored).toEqual(expected);
    const rows = new Map(document.layers.map((layer) => [layer.name, Number(layer.rows)]));
    expect(rows.get('dead-letters')).toBe(malformedKinds.length);
    expect(rows.get('lake')).toBe(malformedKinds.length);
  });

  test(`a third of the stream malformed, late and doubled, seed ${seed}: counted, and every layer agrees`, async () => {
    const scenario = await ground.scenario({ partitions: 3 });
    const shape = { seed, records: 9_000, malformed: 0.2, late: 0.1, duplicated: 0.05 };
    const malformed = [...generateTrades(shape)].filter(({ tradeId }) => tradeId === null).length;
    scenario.ingest().start();
    scenario.offload().start();
    await scenario.produce(shape);
    const { document } = await scenario.provenAtEnd();
    const layers = new Map(document.layers.map((layer) => [layer.name, layer]));
    expect(malformed).toBeGreaterThan(1_500);
    expect(layers.get('dead-letters')!.rows).toBe(`${malformed}`);
    expect(layers.get('lake')!.rows).toBe(`${shape.records - malformed}`);
    expect(layers.get('log')!.digest).toBe(layers.get('bronze+dead-letters')!.digest);
    expect(layers.get('bronze')!.digest).toBe(layers.get('lake')!.digest);
    const closed = await scenario.sql('SELECT sum(dead_rows) AS n FROM tidemark.range');
    expect(closed).toEqual([{ n: `${malformed}` }]);
  });
});

describe('input of a person: exit code 254, the place of the mistake, and nothing started', () => {
  test('a recording that is none is refused at its first strange line', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'trades.jsonl');
    writeFileSync(file, `${good}\n${good}\n{"e":"aggTrade","s":"BTCUSDT"}\n${good}\n`);
    const answer = await tidemark(folder, 'prove', '--input', file, '--json');
    expect(answer.code).toBe(254);
    expect(answer.stderr).toContain(`${file}:3 is not a recording: expected a trade event`);
    expect(JSON.parse(answer.stdout)).toEqual({
      error: expect.stringContaining(`${file}:3`),
      exitCode: 254,
    });
    expect(readdirSync(folder)).toEqual(['trades.jsonl']);
  });

  test.each([
    { what: 'an unknown command', args: ['prof'], named: 'there is no command prof' },
    { what: 'an unknown flag', args: ['prove', '--recrods', '5'], named: '--recrods' },
    { what: 'a number that is none', args: ['prove', '--records', 'many'], named: '--records' },
    { what: 'an unknown fault', args: ['prove', '--faults', 'gremlins'], named: 'gremlins' },
    { what: 'a file that is not there', args: ['prove', '--input', 'gone.gz'], named: 'gone.gz' },
    { what: 'a misspelt setting', args: ['ingest', '--kafka-topik', 'x'], named: '--kafka-topik' },
    { what: 'a setting without value', args: ['ingest', '--kafka-topic'], named: '--kafka-topic' },
    {
      what: 'a setting of the wrong kind',
      args: ['offload', '--lease-ms', 'soon'],
      named: 'leaseMs (flag --lease-ms)',
    },
    {
      what: 'a setting that is missing',
      args: ['ingest'],
      named: 'kafka.topic is missing (set --kafka-topic or TIDEMARK_KAFKA_TOPIC)',
    },
    { what: 'verify without a run', args: ['verify'], named: 'no run to verify' },
  ])('$what: $named', async ({ args, named }) => {
    const folder = temporaryFolder();
    const answer = await tidemark(folder, ...args);
    expect(answer).toMatchObject({ code: 254, stdout: '', stderr: expect.stringContaining(named) });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an unknown key in the configuration file is named with the file', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'etc'));
    const file = join(folder, 'etc', 'tidemark.json');
    writeFileSync(file, JSON.stringify({ kafka: { topic: 't', bootstrapServer: 'h:1' } }));
    const answer = await tidemark(folder, 'ingest', '--config', file);
    expect(answer.code).toBe(254);
    expect(answer.stderr).toContain(`kafka.bootstrapServer (file ${file})`);
  });
});
