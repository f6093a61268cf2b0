/**
 * Who may write, and what becomes of everybody else.
 *
 * Services share partitions, lose them, wake up with what they had in hand, and meet a topic that
 * is no longer theirs. Whoever is frozen here is frozen by SIGSTOP at a step of the protocol that a
 * gate on its own wire has seen, and for longer than its lease; the others keep working.
 */
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type HttpGate, openHttpGate } from '../harness/faults/http-gate.ts';
import { type Bite, rangeOf } from '../harness/faults/protocol-faults.ts';
import { Ground } from './ground.ts';
import type { Scenario } from './scenario.ts';
import type { LogLine, Service } from './service.ts';

const ground = new Ground();
const leaseMsLong = 600_000;

beforeAll(() => ground.start());
afterEach(() => ground.endScenarios());
afterAll(() => ground.stop());

async function gateOfItsOwn(): Promise<HttpGate> {
  const gate = await openHttpGate(ground.environment.addresses.direct.clickhouseUrl);
  onTestFinished(() => gate.close());
  return gate;
}

const isInsert = (statement: string) => /^\s*INSERT INTO bronze_/.test(statement);

/** Number of partitions that each living ingester holds, least first. */
async function shares(scenario: Scenario): Promise<string> {
  const rows = await scenario.sql(
    `SELECT count(*) AS n FROM tidemark.lease WHERE lease LIKE 'ingest:%' AND expires_at > now()
     GROUP BY holder ORDER BY 1`,
  );
  return rows.map((row) => row.n).join(' ');
}

describe('partitions', () => {
  test('are shared by two ingesters, and a third that joins takes its share', async () => {
    const scenario = await ground.scenario({ partitions: 6 });
    const stream = scenario.stream(2_500);
    scenario.ingest('a').start();
    scenario.ingest('b').start();
    await scenario.until('two ingesters hold three partitions each', async () => {
      return (await shares(scenario)) === '3 3';
    });
    scenario.ingest('c').start();
    await scenario.until('three ingesters hold two partitions each', async () => {
      return (await shares(scenario)) === '2 2 2';
    });
    await scenario.until('each of the three has closed a range', async () => {
      const owners = 'SELECT count(DISTINCT owner) AS n FROM tidemark.range';
      return (await scenario.sql(`${owners} WHERE state = 'done'`))[0]!.n === '3';
    });
    await stream.stop();
    scenario.offload().start();
    await scenario.provenAtEnd();
  });
});

interface Frozen {
  readonly bite: Bite;
  /** Status with which the store answered the late request, once it was let through. */
  readonly answer: Promise<number>;
  thaw(): void;
}

/**
 * Stops `service` when its fourth insert, or the read-back that follows it, has left and not yet
 * arrived at the store.
 */
function freezeAt(step: 'insert' | 'read-back', gate: HttpGate, service: () => Service) {
  const frozen = Promise.withResolvers<Frozen>();
  const answer = Promise.withResolvers<number>();
  const thawed = Promise.withResolvers<void>();
  let inserts = 0;
  let target: Bite | null = null;
  let struck = false;
  gate.rule(({ statement }) => {
    const bite = rangeOf(statement);
    if (struck || bite === null) return { kind: 'pass' };
    if (isInsert(statement)) {
      inserts += 1;
      if (inserts === 4) target = bite;
    }
    if (target === null || isInsert(statement) !== (step === 'insert')) return { kind: 'pass' };
    if (bite.partition !== target.partition || bite.offsetFirst !== target.offsetFirst) {
      return { kind: 'pass' };
    }
    struck = true;
    service().signal('SIGSTOP');
    frozen.resolve({
      bite,
      answer: answer.promise,
      thaw: () => {
        service().signal('SIGCONT');
        thawed.resolve();
      },
    });
    return { kind: 'delay', until: () => thawed.promise, onAnswer: answer.resolve };
  });
  return frozen.promise;
}

/** The epoch in which a service says that it acquired the partition. */
function epochOf(service: Service, partition: number): string {
  const said = (line: LogLine) => line.event === 'lease.acquired' && line.partition === partition;
  return service.log().find(said)?.epoch as string;
}

describe('an ingester that is paused for longer than its lease', () => {
  test.each([
    { step: 'insert', status: 500, refused: 'the store refuses its late insert' },
    { step: 'read-back', status: 200, refused: 'the ledger refuses its late close' },
  ] as const)(
    'with the $step on its way: another one finishes the range, and $refused',
    async ({ step, status }) => {
      const scenario = await ground.scenario({ partitions: 2 });
      const gate = await gateOfItsOwn();
      const zombie = scenario.ingest('zombie', { 'clickhouse-url': gate.url });
      const freezing = freezeAt(step, gate, () => zombie);
      await scenario.produce({ records: 8_000 });
      zombie.start();
      const { bite, answer, thaw } = await freezing;
      const heir = scenario.ingest('heir').start();
      await heir.says('intent.found');
      const range = `SELECT state, owner, epoch FROM tidemark.range
      WHERE partition = ${bite.partition} AND offset_first = ${bite.offsetFirst}`;
      const closed = await scenario.until('the heir has closed the range', async () => {
        const [row] = await scenario.sql(range);
        return row?.state === 'done' ? row : null;
      });
      const epoch = epochOf(heir, bite.partition);
      expect(closed).toMatchObject({ owner: expect.stringContaining(`:${heir.pid}:`), epoch });
      expect(BigInt(epoch)).toBeGreaterThan(BigInt(epochOf(zombie, bite.partition)));
      thaw();
      expect(await answer).toBe(status);
      await scenario.until('the zombie knows that it lost the partition', () =>
        zombie
          .log()
          .some(
            (l) => /^lease\.(lost|not-renewed)$/.test(l.event) && l.partition === bite.partition,
          ),
      );
      scenario.offload().start();
      await scenario.provenAtEnd();
      expect(await scenario.sql(range)).toEqual([closed]);
    },
  );
});

describe('offloaders', () => {
  test('two at once commit every batch once', async () => {
    const scenario = await ground.scenario({ partitions: 2 });
    const offloaders = ['a', 'b'].map((name) =>
      scenario.service(`offload-${name}`, ['offload', '--every', '50ms']).start(),
    );
    scenario.ingest().start();
    const stream = scenario.stream(2_500);
    const said = (event: string) =>
      offloaders.flatMap((s) => s.log()).filter((line) => line.event === event).length;
    await scenario.until('some batches are in, and one has met the other at work', () => {
      return said('batch.committed') >= 3 && said('cycle.skipped') > 0;
    });
    await stream.stop();
    await scenario.provenAtEnd();
    const commits = `SELECT count(*) AS n FROM tidemark.batch WHERE state = 'committed'`;
    const [row] = await scenario.sql(commits);
    expect(said('batch.committed')).toBe(Number(row!.n));
  });

  test('one that is paused in mid-batch for longer than its lease cannot swing any more', async () => {
    const scenario = await ground.scenario({ partitions: 2 });
    const gate = await gateOfItsOwn();
    const zombie = scenario.offload('zombie', { 'clickhouse-url': gate.url });
    const frozen = Promise.withResolvers<void>();
    const thawed = Promise.withResolvers<void>();
    gate.rule(({ statement }) => {
      if (!/^\s*INSERT INTO FUNCTION file/.test(statement)) return { kind: 'pass' };
      zombie.signal('SIGSTOP');
      frozen.resolve();
      return { kind: 'delay', until: () => thawed.promise };
    });
    scenario.ingest().start();
    await scenario.produce({ records: 3_000 });
    await scenario.drained('bronze');
    zombie.start();
    await frozen.promise;
    gate.rule(() => ({ kind: 'pass' }));
    const heir = scenario.offload('heir').start();
    await heir.says('batch.committed');
    zombie.signal('SIGCONT');
    thawed.resolve();
    const doubt = await zombie.says('batch.doubt');
    expect(doubt).toMatchObject({ code: 'conflict' });
    expect(doubt.reason).toContain('swing matched no row');
    await zombie.says('lake.files-removed');
    await scenario.provenAtEnd();
  });
});

describe('the log is no longer what it was', () => {
  async function deleteTopic(scenario: Scenario): Promise<void> {
    await scenario.admin((admin) => admin.deleteTopics({ topics: [scenario.topic] }));
    await scenario.until('the topic is gone', () =>
      scenario.admin(async (admin) => !(await admin.listTopics()).includes(scenario.topic)),
    );
  }

  test('a topic deleted and made again: the running ingester and a new one stop, and nothing of it is read', async () => {
    const scenario = await ground.scenario({
      partitions: 2,
      settings: { 'lease-ms': leaseMsLong },
    });
    const running = scenario.ingest('running').start();
    await scenario.produce({ records: 2_000 });
    await scenario.drained('bronze');
    const written = `SELECT topic_id, partition, offset_first, offset_last FROM tidemark.range`;
    const before = await scenario.sql(written);
    running.signal('SIGSTOP');
    await deleteTopic(scenario);
    await scenario.createTopic();
    await scenario.produce({ records: 3_000 });
    running.signal('SIGCONT');
    for (const service of [running, scenario.ingest('new').start()]) {
      expect(await service.ending()).toEqual({ code: 255, signal: null });
      expect(service.log().at(-1)).toMatchObject({
        event: 'service.failed',
        code: 'topic-recreated',
      });
    }
    expect(await scenario.sql(written)).toEqual(before);
    const { document } = await scenario.verify();
    expect(document.verdict).toBe('violated');
    expect(document.findings.map((finding) => finding.code)).toContain('topic-recreated');
  });

  test('retention took records before they were read: ingest stops and says which, and writes nothing', async () => {
    const scenario = await ground.scenario({ partitions: 1 });
    const ingest = scenario.ingest().start();
    await scenario.produce({ records: 1_000 });
    await scenario.drained('bronze');
    await ingest.stop();
    await scenario.produce({ records: 1_000 });
    await scenario.admin(async (admin) => {
      // The client deletes only where it has looked before.
      await admin.fetchTopicOffsets(scenario.topic);
      const partitions = [{ partition: 0, offset: '1500' }];
      await admin.deleteTopicRecords({ topic: scenario.topic, partitions });
    });
    ingest.start();
    expect(await ingest.ending()).toEqual({ code: 255, signal: null });
    const [last] = ingest.log().slice(-1);
    expect(last).toMatchObject({ event: 'service.failed', code: 'offset-out-of-range' });
    expect(last!.message).toContain('offset 1000 was asked for, the log holds 1500 up to 2000');
    expect((await scenario.progress())!.bronzeHeads).toEqual(new Map([[0, 1_000n]]));
    expect(
      await scenario.clickhouse('SELECT max(offset) AS last FROM bronze_trades_binance'),
    ).toEqual([{ last: '999' }]);
  });
});
