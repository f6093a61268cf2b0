import { expect, test } from 'vitest';
import { createTurnstile } from './turnstile.ts';

const patient = new AbortController().signal;

test('lanes are given first come first served, and come back', async () => {
  const turnstile = createTurnstile(1, 2);
  const [first, second, third] = [turnstile.admit()!, turnstile.admit()!, turnstile.admit()!];
  await first.lane(patient);
  const order: string[] = [];
  const waits = [
    second.lane(patient).then(() => order.push('second')),
    third.lane(patient).then(() => order.push('third')),
  ];
  expect(turnstile.counts()).toEqual({ arriving: 0, waiting: 2, running: 1 });
  first.leave();
  first.leave();
  await waits[0];
  expect(order).toEqual(['second']);
  second.leave();
  await waits[1];
  third.leave();
  expect(turnstile.counts()).toEqual({ arriving: 0, waiting: 0, running: 0 });
});

test('who comes when all tickets are out gets none', () => {
  const turnstile = createTurnstile(1, 1);
  const taken = [turnstile.admit(), turnstile.admit()];
  expect(turnstile.admit()).toBeNull();
  taken[0]?.leave();
  expect(turnstile.admit()).not.toBeNull();
});

test('who leaves while waiting gives the place up and takes no lane', async () => {
  const turnstile = createTurnstile(1, 2);
  const [first, second, third] = [turnstile.admit()!, turnstile.admit()!, turnstile.admit()!];
  await first.lane(patient);
  const gone = new AbortController();
  const given = second.lane(gone.signal);
  const next = third.lane(patient);
  gone.abort(new Error('gone'));
  await expect(given).rejects.toThrow('gone');
  second.leave();
  first.leave();
  await next;
  expect(turnstile.counts()).toEqual({ arriving: 0, waiting: 0, running: 1 });
});

test('who has left before waiting takes no lane', async () => {
  const turnstile = createTurnstile(1, 0);
  const ticket = turnstile.admit()!;
  await expect(ticket.lane(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  ticket.leave();
  expect(turnstile.counts().running).toBe(0);
});
