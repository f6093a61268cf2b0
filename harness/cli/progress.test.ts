import { describe, expect, test } from 'vitest';
import { createProgress } from './progress.ts';

function recorded(isTty: boolean, columns = 80) {
  const pieces: string[] = [];
  const time = { now: 0 };
  const stream = { write: (piece: string) => pieces.push(piece), columns };
  const progress = createProgress(stream, isTty, { monotonicMs: () => time.now });
  const wait = (ms: number) => {
    time.now += ms;
  };
  return { progress, text: () => pieces.join(''), wait };
}

describe('progress', () => {
  test('on a terminal a phase is one line that is drawn over and stays at its end', () => {
    const { progress, text, wait } = recorded(true);
    progress.phase('workload');
    wait(1_500);
    progress.update('100 of 200');
    progress.finish('200 of 200');
    progress.finish();
    expect(text().split('\r\x1b[2K').slice(1)).toEqual([
      'workload  0.0 s',
      'workload  1.5 s  100 of 200',
      'workload  1.5 s  200 of 200\n',
    ]);
  });

  test('a note does not tear the live line', () => {
    const { progress, text } = recorded(true);
    progress.phase('workload');
    progress.note('broker killed');
    expect(text()).toContain('\r\x1b[2Kbroker killed\n\r\x1b[2Kworkload');
  });

  test('in a log there are no escape sequences and a busy phase writes a line every five seconds', () => {
    const { progress, text, wait } = recorded(false);
    progress.phase('workload');
    for (let step = 0; step < 1_000; step += 1) {
      wait(12);
      progress.update(`${step}`);
    }
    progress.phase('drain');
    progress.finish();
    expect(text()).toBe(
      'workload ...\nworkload  5.0 s  416\nworkload  10.0 s  833\nworkload  12.0 s  999  done\n' +
        'drain ...\ndrain  0.0 s  done\n',
    );
  });

  test('a terminal is redrawn at most about twelve times a second and never wider than it is', () => {
    const { progress, text, wait } = recorded(true, 30);
    progress.phase('workload');
    for (let step = 0; step < 1_000; step += 1) {
      wait(1);
      progress.update(`detail\n${'x'.repeat(100)}`);
    }
    const drawn = text().split('\r\x1b[2K').slice(1);
    expect(drawn.length).toBeLessThanOrEqual(14);
    for (const line of drawn) expect(line.length).toBeLessThanOrEqual(29);
  });
});
