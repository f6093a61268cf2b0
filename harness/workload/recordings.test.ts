/**
 * The recording that is checked in is what its notice says it is: same bytes, same trades, in an
 * order that makes sense.
 */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readRecording } from './read-recording.ts';

const recording = new URL(
  './recordings/binance-wstrade-spot-btcusdt-ethusdt-20240808-09.jsonl.gz',
  import.meta.url,
);
const sha256 = '13aaa39f005fc4789f3fbd08c05c653a2d3dbc27d11f8335eb4cf206273e8dfb';

describe('the checked-in recording', () => {
  test('has the bytes that its notice names', async () => {
    const bytes = await readFile(recording);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect(await readFile(new URL('./recordings/NOTICE.md', import.meta.url), 'utf8')).toContain(
      sha256,
    );
  });

  test('holds 34,419 trades of two symbols with ids in steps of one', async () => {
    const counts = new Map<string, number>();
    const lastIds = new Map<string, bigint>();
    let gaps = 0;
    for await (const { symbol, tradeId } of readRecording(recording.pathname)) {
      counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
      const last = lastIds.get(symbol);
      if (last !== undefined && tradeId !== last + 1n) gaps += 1;
      lastIds.set(symbol, tradeId!);
    }
    expect(Object.fromEntries(counts)).toEqual({ BTCUSDT: 19_904, ETHUSDT: 14_515 });
    expect(gaps).toBe(0);
  });
});
