import { expect, test } from 'vitest';
import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './derived-candles.cases.ts';
import { derivedCandles } from './derived-candles.ts';
import { candle, done, traded } from './derived-case-facts.ts';

checkCases(derivedCandles, cases);

test('a finding shows both candles and the records of the window', () => {
  const history = done(
    traded(0, 5, '10', '0.10'),
    traded(1, 5, '10.5', '0.2'),
    candle(['10', '11', '10', '10'], '0.3', 2),
  );
  expect(derivedCandles.check(history).findings).toEqual([
    {
      code: 'candle-wrong',
      layer: 'gold',
      message:
        'BTCUSDT window 0+60000 ms: the candle is not the one of these trades; 2 trades in the log: 0:0, 0:1',
      identity: null,
      expected: {
        open: '10 or 10.5',
        high: '10.5',
        low: '10',
        close: '10 or 10.5',
        volume: '0.3',
        trades: '2',
      },
      actual: [{ open: '10', high: '11', low: '10', close: '10', volume: '0.3', trades: '2' }],
    },
  ]);
});
