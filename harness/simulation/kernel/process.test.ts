import { describe, expect, test } from 'vitest';
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import { epochStartMs, type Life } from './process.ts';
import { fault, smallWorld } from './small-world.test-kit.ts';

/** A process that notes each second, on which clock it saw it. */
const ticking =
  (seen: string[], secondsMax = 5) =>
  async (life: Life) => {
    for (let second = 1; second <= secondsMax; second += 1) {
      await life.clock.sleep(1_000);
      seen.push(`life ${life.number} second ${second} at ${life.clock.monotonicMs()}`);
    }
  };

function lifeOf(world: ReturnType<typeof smallWorld>, main: (life: Life) => Promise<void>): Life {
  let found: Life | undefined;
  world.supervisor.add('client', (life) => {
    found = life;
    return main(life);
  });
  return found!;
}

describe('a crash', () => {
  test('nothing that the process waited for ever comes, and its successor begins anew', async () => {
    const world = smallWorld();
    const seen: string[] = [];
    const life = lifeOf(world, ticking(seen, 2));
    await world.runFor(1_500);
    world.supervisor.crash(life, 10_000);
    await world.runFor(60_000);
    expect(seen).toEqual([
      'life 1 second 1 at 1000',
      'life 2 second 1 at 12500',
      'life 2 second 2 at 13500',
    ]);
    expect(world.states()).toEqual(['started', 'crashed', 'started', 'stopped']);
  });

  test.each(['before', 'applied-unanswered', 'answered'] as const)(
    '%s a request: code behind it never runs, and the effect is there or not',
    async (point) => {
      const world = smallWorld([fault(point, { do: 'crash', restartMs: 1e9 })]);
      world.supervisor.add('client', world.write());
      await world.runFor(100_000);
      expect(world.told).toEqual([]);
      expect(world.happened).toHaveLength(point === 'before' ? 0 : 1);
    },
  );

  test('a dead life makes no request any more', async () => {
    const world = smallWorld();
    const life = lifeOf(world, async () => undefined);
    world.supervisor.crash(life, 1e9);
    await world.runFor(10);
    void world.write()(life);
    await world.runFor(10_000);
    expect(world.happened).toEqual([]);
  });
});

describe('a pause', () => {
  test('who wakes gets everything at once and in order, and does not know what time has passed', async () => {
    const world = smallWorld();
    const seen: string[] = [];
    const life = lifeOf(world, async (own) => {
      const { clock } = own;
      const effect = () => world.happened.push(`write at ${clock.monotonicMs()}`);
      const at = (name: string) => () => void seen.push(`${name} at ${clock.monotonicMs()}`);
      await Promise.all([
        clock.sleep(2_000).then(at('second')),
        clock.sleep(1_000).then(at('first')),
        world.remote(own).call('store.write', effect).then(at('answer')),
      ]);
    });
    world.supervisor.pause(life, 30_000);
    await world.runFor(29_999);
    expect(seen).toEqual([]);
    expect(world.happened).toEqual(['write at 0.375']);
    await world.runFor(10);
    expect(seen).toEqual(['answer at 30000', 'first at 30000', 'second at 30000']);
    expect(world.states()).toEqual(['started', 'paused', 'woken', 'stopped']);
  });

  test('a request that was made before the pause takes effect in it, and is answered after it', async () => {
    const world = smallWorld([fault('applied-unanswered', { do: 'pause', ms: 5_000 })]);
    world.supervisor.add('client', world.write());
    await world.runFor(20_000);
    expect(world.happened).toEqual(['write at 0.375']);
    expect(world.told).toEqual(['written at 5000.375']);
  });

  test('the heal wakes who stands still', async () => {
    const world = smallWorld();
    const life = lifeOf(world, ticking([]));
    world.supervisor.pause(life, 1e9);
    world.supervisor.heal();
    expect(life.paused).toBe(false);
  });
});

describe('clocks', () => {
  test('a jump moves the wall clock of the process and of its next life, and no timer', async () => {
    const world = smallWorld([fault('before', { do: 'clock', of: 'process', ms: -20_000 })]);
    const lives: Life[] = [];
    world.supervisor.add('client', async (life) => {
      lives.push(life);
      await world.write()(life);
      await life.clock.sleep(1_000);
    });
    const [first] = lives;
    await world.runFor(500);
    expect(first!.clock.nowMs() - epochStartMs).toBe(-20_000 + 500);
    expect(first!.clock.monotonicMs()).toBe(500);
    world.supervisor.crash(first!, 100);
    await world.runFor(500);
    expect(lives[1]!.clock.nowMs() - epochStartMs).toBe(-20_000 + 1_000);
  });

  test('the clock of the database jumps by itself', async () => {
    const world = smallWorld([fault('before', { do: 'clock', of: 'ledger', ms: 5 })]);
    world.supervisor.add('client', world.write());
    await world.runFor(1);
    expect(world.happened).toEqual(['ledger clock 5 at 0', 'write at 0.375']);
  });
});

describe('the supervisor', () => {
  test('who is asked to end ends by itself and is started again', async () => {
    const world = smallWorld([fault('before', { do: 'stop', restartMs: 700 })]);
    world.supervisor.add('client', async (life) => {
      await world.write()(life);
      await life.clock.sleep(1e6, life.stop.signal);
    });
    await world.runFor(5_000);
    expect(world.states()).toEqual(['started', 'stopped', 'started']);
    expect(world.told).toEqual(['written at 0.75', 'written at 701.5']);
  });

  test('a service that fails is started again, but not for ever; the heal gives it another chance', async () => {
    const world = smallWorld();
    let starts = 0;
    world.supervisor.add('client', async () => {
      starts += 1;
      throw new TidemarkError('refused', 'no');
    });
    await world.runFor(100_000);
    expect(starts).toBe(13);
    world.supervisor.heal();
    await world.runFor(1);
    expect(starts).toBe(14);
    expect(world.events.filter(({ type }) => type === 'service-failed')).toHaveLength(14);
  });

  test('an error that nobody throws on purpose ends the run', async () => {
    const world = smallWorld();
    world.supervisor.add('client', async () => {
      throw new TypeError('x is not a function');
    });
    await expect(world.runFor(10)).rejects.toThrow('x is not a function');
  });

  test('who ended by itself is left alone', async () => {
    const world = smallWorld();
    world.supervisor.add('client', async () => undefined);
    await world.runFor(100_000);
    expect(world.states()).toEqual(['started', 'stopped']);
  });
});
