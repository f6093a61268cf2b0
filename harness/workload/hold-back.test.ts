import { expect, test } from 'vitest';
import { HoldBack } from './hold-back.ts';

test('things come out on their day, in the order of the days and then of arrival', () => {
  const held = new HoldBack<string>(10);
  held.put('late', 7);
  held.put('soon', 2);
  held.put('soon too', 2);
  const seen: string[] = [];
  for (let day = 0; day <= 8; day += 1) {
    for (let thing = held.takeDue(day); thing !== null; thing = held.takeDue(day)) {
      seen.push(`${day} ${thing}`);
    }
  }
  expect(seen).toEqual(['2 soon', '2 soon too', '7 late']);
  expect(held.size).toBe(0);
});

test('what is held can be taken before its day, the nearest first', () => {
  const held = new HoldBack<string>(10);
  expect([held.takeDue(25), held.takeAny()]).toEqual([null, null]);
  held.put('far', 35);
  held.put('near', 26);
  expect([held.takeAny(), held.takeAny(), held.takeAny()]).toEqual(['near', 'far', null]);
});
