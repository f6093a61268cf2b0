import { describe, expect, test } from 'vitest';
import { EndlessRunError, Kernel } from './kernel.ts';

const never = () => false;

describe('virtual time', () => {
  test('jumps from event to event, and code that was woken is at rest before the next one', async () => {
    const kernel = new Kernel([]);
    const seen: string[] = [];
    const sleep = (ms: number) =>
      new Promise<void>((resolve) => {
        kernel.after(ms, () => {
          kernel.wake();
          resolve();
        });
      });
    const walk = async (name: string, ms: number) => {
      for (let step = 1; step <= 2; step += 1) {
        await sleep(ms);
        await null;
        await null;
        seen.push(`${name}${step} at ${kernel.nowMs}`);
      }
    };
    void walk('a', 10);
    void walk('b', 10);
    void walk('c', 3_600_000);
    expect(await kernel.run(8_000_000, never)).toBe(false);
    expect(seen).toEqual([
      'a1 at 10',
      'b1 at 10',
      'a2 at 20',
      'b2 at 20',
      'c1 at 3600000',
      'c2 at 7200000',
    ]);
    expect(kernel.nowMs).toBe(8_000_000);
  });

  test('ends a run at the moment at which its condition holds', async () => {
    const kernel = new Kernel([]);
    let count = 0;
    for (const ms of [1, 2, 3]) {
      kernel.after(ms, () => {
        count += 1;
      });
    }
    expect(await kernel.run(100, () => count === 2)).toBe(true);
    expect(kernel.nowMs).toBe(2);
  });

  test('what lies behind the end of a run keeps its order, and can still be called off', async () => {
    const kernel = new Kernel([]);
    const seen: string[] = [];
    kernel.after(10, () => void seen.push('first'));
    const second = kernel.after(10, () => void seen.push('second'));
    kernel.after(10, () => void seen.push('third'));
    await kernel.run(5, never);
    expect(seen).toEqual([]);
    second.cancel();
    await kernel.run(10, never);
    expect(seen).toEqual(['first', 'third']);
  });

  test('sums of delays are exact, so that 10,000 of them end where one does', async () => {
    const kernel = new Kernel([]);
    let left = 10_000;
    const again = () => {
      left -= 1;
      if (left > 0) kernel.after(0.375, again);
    };
    kernel.after(0.375, again);
    await kernel.run(1e9, () => left === 0);
    expect(kernel.nowMs).toBe(3_750);
  });
});

describe('what a run is made of', () => {
  test('choices are used up in order and stand for 0 afterwards', () => {
    const kernel = new Kernel([7, 9]);
    expect([kernel.choose(8), kernel.choose(8), kernel.choose(8)]).toEqual([7, 1, 0]);
  });

  test('a run without end is cut off and says so', async () => {
    const kernel = new Kernel([], 1_000);
    const again = () => void kernel.after(1, again);
    again();
    await expect(kernel.run(1e12, never)).rejects.toThrow(EndlessRunError);
    expect(kernel.events).toBe(1_001);
  });

  test('a defect of the simulation ends the run with its own error', async () => {
    const kernel = new Kernel([]);
    const defect = new TypeError('x is not a function');
    kernel.after(1, () => kernel.fail(defect));
    kernel.after(2, () => expect.unreachable());
    await expect(kernel.run(10, never)).rejects.toBe(defect);
  });
});
