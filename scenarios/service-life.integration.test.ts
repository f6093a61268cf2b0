/**
 * How the services begin, end, and live through the death of what they stand on.
 *
 * Each test lets records flow through `ingest` and `offload` as an operator runs them, takes
 * something away, and asks the same proof at the end as every other run: each record exactly once
 * in every layer.
 */
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openHttpGate } from '../harness/faults/http-gate.ts';
import { Ground } from './ground.ts';

const ground = new Ground();
/**
 * Far longer than any test: a successor that has to wait for this lease to expire fails its test.
 */
const leaseMsLong = 600_000;

beforeAll(() => ground.start());
afterEach(() => ground.endScenarios());
afterAll(() => ground.stop());

describe('SIGTERM', () => {
  test('ends both services cleanly in mid-stream, and their successors start without waiting for a lease', async () => {
    const scenario = await ground.scenario({
      partitions: 3,
      settings: { 'lease-ms': leaseMsLong },
    });
    const ingest = scenario.ingest().start();
    const offload = scenario.offload().start();
    const producing = scenario.produce({ records: 12_000, rate: 4_000 });
    await scenario.hot(3_000);
    await Promise.all([ingest.stop(), offload.stop()]);
    const held = `SELECT lease FROM tidemark.lease WHERE holder IS NOT NULL`;
    expect(await scenario.sql(held)).toEqual([]);
    expect(await scenario.sql(`SELECT * FROM tidemark.range WHERE state = 'intent'`)).toEqual([]);
    expect(await scenario.sql('SELECT * FROM tidemark.member')).toEqual([]);
    const before = await scenario.progress();

    await producing;
    scenario.ingest('ingest-next').start();
    scenario.offload('offload-next').start();
    await scenario.provenAtEnd();
    expect(before!.bronze).toBeLessThan(12_000);
  });

  test('finds ingest with an insert on its way: the range is finished before the end', async () => {
    const scenario = await ground.scenario({ partitions: 1 });
    const gate = await openHttpGate(ground.environment.addresses.direct.clickhouseUrl);
    onTestFinished(() => gate.close());
    const signalled = Promise.withResolvers<void>();
    const ingest = scenario.ingest('ingest', { 'clickhouse-url': gate.url });
    let inserts = 0;
    gate.rule(({ statement }) => {
      if (/^\s*INSERT INTO bronze_/.test(statement)) inserts += 1;
      if (inserts !== 2) return { kind: 'pass' };
      signalled.resolve();
      return { kind: 'delay', until: () => stopping };
    });
    const stopping = signalled.promise.then(() => ingest.signal('SIGTERM'));
    await scenario.produce({ records: 3_000 });
    ingest.start();
    expect(await ingest.ending()).toEqual({ code: 0, signal: null });
    expect(
      await scenario.sql('SELECT state, count(*) AS n FROM tidemark.range GROUP BY 1'),
    ).toEqual([{ state: 'done', n: '2' }]);
    expect((await scenario.progress())!.bronze).toBe(1_000);
  });

  test('finds offload with a batch in hand: the batch stays open, and its successor commits it at once', async () => {
    const scenario = await ground.scenario({
      partitions: 2,
      settings: { 'lease-ms': leaseMsLong },
    });
    const gate = await openHttpGate(ground.environment.addresses.direct.clickhouseUrl);
    onTestFinished(() => gate.close());
    const signalled = Promise.withResolvers<void>();
    const offload = scenario.offload('offload', { 'clickhouse-url': gate.url });
    gate.rule(({ statement }) => {
      if (!/Parquet/i.test(statement)) return { kind: 'pass' };
      signalled.resolve();
      return { kind: 'delay', until: () => stopping };
    });
    const stopping = signalled.promise.then(() => offload.signal('SIGTERM'));
    await scenario.produce({ records: 2_000 });
    scenario.ingest().start();
    await scenario.drained('bronze');
    offload.start();
    expect(await offload.ending()).toEqual({ code: 0, signal: null });
    expect(await scenario.sql('SELECT state FROM tidemark.batch')).toEqual([{ state: 'open' }]);
    const next = scenario.offload('offload-next').start();
    expect(await next.says('batch.found-open')).toMatchObject({ kind: 'append' });
    await scenario.provenAtEnd();
  });
});

describe('a service that starts before what it needs', () => {
  const cases = [
    { missing: 'postgres', named: 'no Postgres at 127.0.0.1:', waiting: ['ingest', 'offload'] },
    {
      missing: 'clickhouse',
      named: 'no ClickHouse at http://127.0.0.1:',
      waiting: ['ingest', 'offload'],
    },
    { missing: 'kafka', named: 'no usable answer from Kafka at 127.0.0.1:', waiting: ['ingest'] },
  ] as const;

  test.each(cases)(
    'names $missing as what is missing, moves nothing, and works once it is there',
    async ({ missing, named, waiting }) => {
      const scenario = await ground.scenario({ partitions: 2 });
      await scenario.produce({ records: 1_000 });
      await ground.environment.kill(missing);
      const services = [scenario.ingest().start(), scenario.offload().start()];
      const givenUp = scenario.ingest('given-up').start();
      for (const service of [...services, givenUp]) {
        if (!waiting.some((name) => service.name.endsWith(name)) && service !== givenUp) continue;
        expect((await service.says('dependency.missing')).message).toContain(named);
      }
      // Waiting ends on SIGTERM too.
      await givenUp.stop();
      const events = services.flatMap((service) => service.log()).map((line) => line.event);
      expect(events).not.toContain('lease.acquired');
      await ground.environment.restart(missing);
      await scenario.provenAtEnd();
    },
  );
});

describe('in mid-stream', () => {
  /** What shows in the log of ingest that it felt the death. */
  const cases = [
    { victim: 'clickhouse', felt: /ingest\.look-again|insert\.unknown/ },
    { victim: 'postgres', felt: /ingest\.look-again|tick\.failed/ },
    { victim: 'kafka', felt: /kafka\.read-retried/ },
  ] as const;

  test.each(cases)(
    '$victim is killed and comes back: every record is everywhere once',
    async ({ victim, felt }) => {
      const scenario = await ground.scenario({ partitions: 3, settings: { 'log-level': 'debug' } });
      const ingest = scenario.ingest().start();
      scenario.offload().start();
      const producing = scenario.produce({ records: 16_000, rate: 4_000 });
      await scenario.hot(3_000);
      await ground.environment.kill(victim);
      await ground.environment.restart(victim);
      await producing;
      await scenario.provenAtEnd();
      expect(ingest.log().map((line) => line.event)).toContainEqual(expect.stringMatching(felt));
    },
  );
});
