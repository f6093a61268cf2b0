import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { decodeTrade } from '../checkers/decode/decode-trade.ts';
import { malformedKinds } from './malformed-trades.ts';

const event =
  '{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000",' +
  '"q":"0.02000000","T":1723161255342,"m":true,"M":true}';

test('the event that is spoiled is a trade', () => {
  expect(decodeTrade(Buffer.from(event))).not.toHaveProperty('reason');
});

test.each(malformedKinds)('$name is a dead letter for the reason $reason', (kind) => {
  expect(decodeTrade(kind.spoil(event))).toMatchObject({ reason: kind.reason });
});

test('every reason of the reference page has a kind', async () => {
  const page = new URL('../../docs/reference/binance-trade.md', import.meta.url);
  const rows = (await readFile(page, 'utf8')).matchAll(/^\|\s*\d+\s*\|\s*`([a-z-]+)(:<key>)?`/gm);
  const named = [...rows].map(([, reason]) => reason);
  expect(named).toHaveLength(7);
  const covered = new Set(malformedKinds.map(({ reason }) => reason.split(':')[0]));
  expect([...covered].toSorted()).toEqual(named.toSorted());
  for (const key of ['E', 's', 't', 'p', 'q', 'T', 'm']) {
    expect(malformedKinds.some(({ reason }) => reason === `bad-field:${key}`)).toBe(true);
  }
});
