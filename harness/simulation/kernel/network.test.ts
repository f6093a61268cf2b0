import { describe, expect, test } from 'vitest';
import { Kernel } from './kernel.ts';
import { Life } from './process.ts';
import { fault, smallWorld } from './small-world.test-kit.ts';

const wire = 0.375;

const nobody = new Life(new Kernel([]), 'nobody', 1, 0);

async function writeWith(...faults: Parameters<typeof smallWorld>[0] & object) {
  const world = smallWorld(faults);
  world.supervisor.add('client', world.write());
  await world.runFor(200_000);
  return world;
}

describe('one request', () => {
  test('without faults it takes effect after one way and is answered after two', async () => {
    const { happened, told } = await writeWith();
    expect(happened).toEqual([`write at ${wire}`]);
    expect(told).toEqual([`written at ${2 * wire}`]);
  });

  test('a lost request has no effect, and the client does not know', async () => {
    const { happened, told } = await writeWith(fault('before', { do: 'lose', afterMs: 100 }));
    expect(happened).toEqual([]);
    expect(told).toEqual([`unknown-outcome at ${100 + wire}`]);
  });

  test('a lost answer has its effect, and the client does not know', async () => {
    const { happened, told } = await writeWith(
      fault('applied-unanswered', { do: 'lose', afterMs: 100 }),
    );
    expect(happened).toEqual([`write at ${wire}`]);
    expect(told).toEqual([`unknown-outcome at ${100 + 2 * wire}`]);
  });

  test('a request that comes late takes effect when its client has long given up', async () => {
    const { happened, told } = await writeWith(fault('before', { do: 'delay', ms: 90_000 }));
    expect(told).toEqual([`unknown-outcome at ${60_000 + wire}`]);
    expect(happened).toEqual([`write at ${90_000 + wire}`]);
  });

  test('a request that comes late takes effect although its client is dead', async () => {
    const { happened, told, states } = await writeWith(
      fault('before', { do: 'delay', ms: 500 }),
      fault('applied-unanswered', { do: 'crash', restartMs: 1_000_000 }, { step: 'broker.other' }),
    );
    expect(happened).toEqual([`write at ${500 + wire}`]);
    expect(told).toHaveLength(1);
    expect(states()).toEqual(['started', 'stopped']);
  });

  test('a repeated request arrives twice and is answered once', async () => {
    const { happened, told } = await writeWith(fault('before', { do: 'duplicate', afterMs: 50 }));
    expect(happened).toEqual([`write at ${wire}`, `write at ${50 + wire}`]);
    expect(told).toEqual([`written at ${2 * wire}`]);
  });

  test('latencies are drawn from the choices', async () => {
    const world = smallWorld([], [7, 6]);
    world.supervisor.add('client', world.write());
    await world.runFor(1_000);
    expect([...world.happened, ...world.told]).toEqual(['write at 25', 'written at 33']);
  });
});

describe('a statement that takes time', () => {
  async function statementWith(...faults: Parameters<typeof smallWorld>[0] & object) {
    const world = smallWorld(faults);
    const { kernel } = world;
    world.supervisor.add('client', async (life) => {
      const began = () => world.happened.push(`begun at ${kernel.nowMs}`);
      const finished = () => world.happened.push(`finished at ${kernel.nowMs}`);
      await world
        .remote(life)
        .run('store.write', began, finished)
        .catch((error: { code: string }) => world.told.push(`${error.code} at ${kernel.nowMs}`));
    });
    await world.runFor(5_000);
    world.actions.act({ fault: 99, action: { do: 'down', service: 'store', ms: 100 } }, nobody);
    await world.runFor(200_000);
    return world;
  }
  test('looks when it begins and takes effect when it ends', async () => {
    const { happened } = await statementWith();
    expect(happened.slice(0, 2)).toEqual([`begun at ${wire}`, `finished at ${2 * wire}`]);
  });

  test('is killed by a restart: it began, it never takes effect, and the client does not know', async () => {
    const { happened, told } = await statementWith(fault('before', { do: 'slow', ms: 20_000 }));
    expect(happened).toEqual([`begun at ${wire}`, 'store restarts at 5000']);
    expect(told).toEqual([`unknown-outcome at ${20_000 + 3 * wire}`]);
  });

  test('goes on at the service when the client has lost patience', async () => {
    const world = smallWorld([fault('before', { do: 'slow', ms: 70_000 })]);
    world.supervisor.add('client', world.write());
    await world.runFor(200_000);
    expect(world.told).toEqual([`unknown-outcome at ${60_000 + wire}`]);
    expect(world.happened).toEqual([`write at ${70_000 + 2 * wire}`]);
  });
});

describe('services and cables', () => {
  test('a service that is down refuses at once, and answers again afterwards', async () => {
    const world = smallWorld([fault('before', { do: 'down', service: 'store', ms: 1_000 })]);
    world.supervisor.add('client', async (life) => {
      await world.write()(life);
      await life.clock.sleep(2_000);
      await world.write()(life);
    });
    await world.runFor(10_000);
    expect(world.told).toEqual([
      `dependency-missing at ${2 * wire}`,
      `written at ${2 * wire + 2_000 + 2 * wire}`,
    ]);
  });

  test('a service that goes down with the effect done takes the answer with it', async () => {
    const { happened, told } = await writeWith(
      fault('applied-unanswered', { do: 'down', service: 'store', ms: 1_000 }),
    );
    expect(happened).toEqual([`write at ${wire}`, `store restarts at ${wire}`]);
    expect(told).toEqual([`unknown-outcome at ${2 * wire}`]);
  });

  test('who is cut off reaches nobody and learns nothing until the time is over; others do', async () => {
    const world = smallWorld([fault('before', { do: 'partition', service: 'store', ms: 61_000 })]);
    const twice = async (life: Parameters<ReturnType<typeof world.write>>[0]) => {
      await world.write()(life);
      await life.clock.sleep(2_000);
      await world.write()(life);
    };
    world.supervisor.add('client', twice);
    world.supervisor.add('other', world.write());
    await world.runFor(200_000);
    expect(world.told).toEqual([
      `written at ${2 * wire}`,
      `unknown-outcome at ${60_000 + wire}`,
      `written at ${62_000 + 3 * wire}`,
    ]);
    expect(world.happened).toHaveLength(2);
  });

  test('the heal ends what is cut off and what is down', async () => {
    const world = smallWorld([
      fault('before', { do: 'partition', service: 'store', ms: 1e9 }),
      fault('before', { do: 'down', service: 'broker', ms: 1e9 }),
    ]);
    world.supervisor.add('client', world.write());
    await world.runFor(1);
    expect(world.actions.isPartitioned('client', 'store')).toBe(true);
    expect(world.services.broker.up).toBe(false);
    expect(world.actions.overAtMs).toBe(1e9);
    world.actions.heal();
    expect(world.actions.isPartitioned('client', 'store')).toBe(false);
    expect(world.services.broker.up).toBe(true);
    expect(world.actions.overAtMs).toBe(0);
  });
});

describe('a fault that means nothing where it was put does not count as one that struck', () => {
  test.each([
    ['an answer that was received cannot be lost', 'answered', { do: 'lose', afterMs: 1 }],
    ['an answer that was received cannot be delayed', 'answered', { do: 'delay', ms: 1 }],
    ['a statement that has ended cannot be slow', 'applied-unanswered', { do: 'slow', ms: 1 }],
  ] as const)('%s', async (_title, point, action) => {
    const { book, told } = await writeWith(fault(point, action));
    expect([...book.bitten]).toEqual([]);
    expect(told).toEqual([`written at ${2 * wire}`]);
  });

  test('who is dead cannot die, and who stands still cannot be stopped once more', async () => {
    const crash = { do: 'crash', restartMs: 1e6 } as const;
    const { book } = await writeWith(fault('before', crash), fault('before', crash));
    expect([...book.bitten]).toEqual([0]);
    const pause = { do: 'pause', ms: 10 } as const;
    const paused = await writeWith(fault('before', pause), fault('before', pause));
    expect([...paused.book.bitten]).toEqual([0]);
  });
});
