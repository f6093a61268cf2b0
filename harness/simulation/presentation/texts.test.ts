import { describe, expect, test } from 'vitest';
import { painter } from '../../../reports/render/terminal-text.ts';
import type { HistoryFact } from '../../checkers/history/history.ts';
import { counterexampleOf } from '../counterexample.ts';
import type { MatrixDocument } from '../enumerate/matrix.ts';
import { fakeRun, findingOf, scheduleOf } from '../fake-run.test-kit.ts';
import type { Replay } from '../replay.ts';
import type { Fault } from '../schedule/schedule.ts';
import type { SimulateDocument } from '../simulate.ts';
import { faultText } from './fault-text.ts';
import { journalLines } from './journal-lines.ts';
import { matrixText } from './matrix-text.ts';
import { replayText } from './replay-text.ts';
import { simulateText } from './simulate-text.ts';

const plain = painter(false);
const fault: Fault = {
  at: { process: 'ingest-1', step: 'ledger.close', occurrence: 2, point: 'applied-unanswered' },
  action: { do: 'crash', restartMs: 300 },
};

const span = { topicId: 't', partition: 0, offsetFirst: 3, offsetLast: 5 };
const rows = (count: number) =>
  Array.from({ length: count }, (_, offset) => ({
    topicId: 't',
    partition: 1,
    offset,
    content: '',
  }));

describe('a journal as lines', () => {
  const lines = (...facts: HistoryFact[]) =>
    journalLines(fakeRun({ facts }).history.events, [fault]);

  test('tells when, who and what, and each fault with its place', () => {
    const range = { type: 'range', state: 'intent', span, rows: 2, epoch: 1 } as const;
    const open = { bronzeRows: null, deadRows: null, bronzeDigest: null, deadDigest: null };
    expect(
      lines(
        { type: 'phase', phase: 'safety' },
        { type: 'process', process: 'ingest-1', state: 'started' },
        { type: 'fault', fault: 0, state: 'bit' },
        { ...range, ...open, process: 'ingest-1' },
        { type: 'rows-added', layer: 'bronze', process: 'ingest-1', epoch: 1, rows: rows(2) },
        { type: 'drained', boundMs: 10, tookMs: 7, behind: ['an open batch'] },
      ),
    ).toEqual([
      '    0.000000  --- safety ---',
      '    1.000000  ingest-1 started',
      '    2.000000  *** fault 1 strikes: ingest-1 ledger.close no. 2, applied, not answered: crash, started again after 0.3 s',
      '    3.000000  ingest-1 range 0:3-5 intent, 2 records',
      '    4.000000  ingest-1 adds to bronze: 1:0 1:1',
      '    5.000000  drained in 7 ms, behind: an open batch',
    ]);
  });

  test('leaves out what says little by itself', () => {
    expect(lines({ type: 'lease', lease: 'l', epoch: 1, holder: null })).toEqual([]);
  });

  test('of many rows and of a very long history only a part is shown, and how much is left out', () => {
    const many = { type: 'rows-removed', layer: 'bronze', rows: rows(30), why: 'lost' } as const;
    expect(lines(many)[0]).toMatch(/1:23 and 6 more: lost$/);
    const long = lines(
      ...Array.from({ length: 2_500 }, () => ({ type: 'phase', phase: 'heal' }) as const),
    );
    expect(long).toHaveLength(2_001);
    expect(long[1_000]).toBe('... 500 lines left out');
  });

  test('what comes from elsewhere cannot colour or move the terminal', () => {
    const message = '\u001b[32mall good\u001b[0m\nverdict: pass';
    const [line] = lines({ type: 'service-failed', process: 'p', code: 'refused', message });
    expect(line).toContain('\\x1b[32mall good\\x1b[0m\\x0averdict');
  });
});

test('each action is told in words', () => {
  const actions: Fault['action'][] = [
    { do: 'stop', restartMs: 500 },
    { do: 'pause', ms: 14_000 },
    { do: 'lose', afterMs: 100 },
    { do: 'delay', ms: 2_000 },
    { do: 'duplicate', afterMs: 300 },
    { do: 'slow', ms: 70_000 },
    { do: 'partition', service: 'store', ms: 8_000 },
    { do: 'down', service: 'ledger', ms: 3_000 },
    { do: 'clock', of: 'process', ms: -20_000 },
    { do: 'environment', what: 'store-loses-part', n: 1 },
  ];
  const told = actions.map((action) => faultText({ ...fault, action }).split(': ')[1]);
  expect(told).toEqual([
    'asked to end, started again 0.5 s after its end',
    'paused for 14 s',
    'message lost, known to be lost after 0.1 s',
    'message delayed by 2 s',
    'request repeated after 0.3 s',
    'statement runs for 70 s',
    'cut off from the store for 8 s',
    'the ledger restarts and is away for 3 s',
    'clock of the process jumps by -20 s',
    'store-loses-part (1)',
  ]);
});

describe('a replay as text', () => {
  function replayed(parts: Partial<Replay> = {}): Replay {
    const run = fakeRun({ codes: ['missing'], facts: [{ type: 'phase', phase: 'end' }] });
    const identity = { topicId: 't', partition: 2, offset: '17' };
    const more = { identity, expected: { price: '1' }, actual: [{ price: '2' }, { price: '3' }] };
    const judgement = { ...run.judgement, findings: [findingOf('duplicate', more)] };
    const about = { origin: 'seed 3', bug: null, everyFaultMustBite: true };
    const schedule = scheduleOf({ faults: [fault] });
    return {
      counterexample: counterexampleOf(run, { ...about, schedule }),
      run: { ...run, judgement },
      codes: ['duplicate'],
      messages: [],
      historyHash: 'a'.repeat(64),
      sameHistory: true,
      verdict: 'violated',
      ...parts,
    };
  }

  test('has the steps, the faults that did not strike, the findings with witnesses, the verdict', () => {
    expect(replayText('f.json', replayed(), plain).split('\n')).toEqual([
      'f.json: seed 3; the pipeline as it is; 1 fault',
      '',
      '    0.000000  --- end ---',
      '',
      'did not strike: ingest-1 ledger.close no. 2, applied, not answered: crash, started again after 0.3 s',
      '',
      'duplicate in bronze: duplicate was found',
      '    record    2:17',
      '    expected  price 1',
      '    found     price 2',
      '    found     price 3',
      '',
      `[violated] duplicate; the same history as recorded, ${'a'.repeat(64)}`,
    ]);
  });

  test('says when it was another run, and what each of the two showed', () => {
    const text = replayText('f', replayed({ sameHistory: false, verdict: 'inconclusive' }), plain);
    expect(text).toContain('[inconclusive] not the run that the file speaks of');
    expect(text).toContain('recorded with violated: missing');
    expect(text).toContain('this one is violated: duplicate');
  });

  test('names the planted bug', () => {
    const { counterexample } = replayed();
    const planted = replayed({ counterexample: { ...counterexample, bug: 'C14' } });
    expect(replayText('f', planted, plain)).toContain('seed 3; planted bug C14; 1 fault');
  });
});

describe('an exploration as text', () => {
  const document: SimulateDocument = {
    verdict: 'pass',
    reasons: [],
    seedFirst: 1,
    seeds: 1_000,
    end: 'complete',
    durationMs: 3_000,
    schedulesPerSecond: 333.3,
    stepsPerSchedule: 281.2,
    speedup: 2_000,
    faultsBitten: 3,
    marks: { 'fault crash': 1, 'fault pause': 2, 'log batch.doubt': 4 },
    missingMarks: [],
    violated: 0,
    inconclusive: 0,
    findings: [],
    journalHash: 'f'.repeat(64),
  };

  test('has the verdict, the speed, what struck and the hash', () => {
    expect(simulateText(document, plain).split('\n')).toEqual([
      '[pass] 1,000 seeds from 1: every run kept every guarantee',
      '',
      'speed     333 schedules/s, 281 protocol steps each, 2,000 times real time (3.0 s)',
      'faults    3 struck: pause 2, crash 1',
      'marks     3 kinds met, every expected one among them',
      `journal   ${'f'.repeat(64)}`,
    ]);
  });

  test('has each finding with the line that runs it again, and what was never met', () => {
    const finding: SimulateDocument['findings'][number] = {
      ...{ seed: 17, verdict: 'violated', codes: ['missing'], messages: ['missing: a\u0007'] },
      ...{ file: 'x.json', replay: 'npx tidemark replay x.json', faults: 1, shrunk: true },
    };
    const text = simulateText(
      {
        ...document,
        verdict: 'violated',
        reasons: ['3 runs violated a guarantee'],
        violated: 3,
        missingMarks: ['log lease.lost'],
        findings: [finding],
      },
      plain,
    );
    expect(text).toContain('[violated] 1,000 seeds from 1: 3 runs violated a guarantee');
    expect(text).toContain('never met: log lease.lost');
    expect(text).toContain('seed 17  violated: missing  (1 fault, made smaller)');
    expect(text).toContain('  missing: a\\x07\n  npx tidemark replay x.json');
    expect(text).toContain('and 2 findings more');
  });
});

describe('an enumeration as text', () => {
  const cell = { points: 6, reached: 6, passed: 6 };
  const document: MatrixDocument = {
    verdict: 'pass',
    reasons: [],
    single: { points: 12, reached: 12, passed: 12 },
    pairs: { points: 1_234, reached: 1_234, passed: 1_234 },
    runs: 1_247,
    durationMs: 4_000,
    workloads: [
      {
        name: 'one of each',
        single: [{ process: 'ingest-1', step: 'ledger.close', ...cell }],
        pairs: [
          { process: 'ingest-1', step: 'ledger.close', ...cell },
          { process: 'offload-1', step: 'ledger.void', ...cell },
        ],
      },
    ],
    missingPoints: [],
    failuresTotal: 0,
    failures: [],
  };

  test('has a line for each step of each process and ends with N of N', () => {
    const text = matrixText(document, plain);
    expect(text).toMatch(/^one of each$/m);
    expect(text).toMatch(/^ {2}ingest-1 +ledger\.close( +6){6}$/m);
    expect(text).toMatch(/^ {2}offload-1 +ledger\.void( +6){3}$/m);
    expect(text).toMatch(/^single faults {2}12 of 12$/m);
    expect(text).toMatch(/^pairs {10}1,234 of 1,234$/m);
  });

  test('names what failed with its faults and its replay line', () => {
    const failure = {
      ...{ workload: 'one of each', verdict: 'violated', codes: ['missing'], faults: [fault] },
      ...{ unbitten: [0], file: 'p.json', replay: 'npx tidemark replay p.json' },
    };
    const text = matrixText(
      {
        ...document,
        verdict: 'violated',
        reasons: ['1 runs violated a guarantee'],
        single: { points: 12, reached: 12, passed: 11 },
        pairs: null,
        failuresTotal: 1,
        failures: [failure],
      },
      plain,
    );
    expect(text).toContain('violated: missing in one of each');
    expect(text).toContain('never struck: ingest-1 ledger.close no. 2');
    expect(text).toContain('npx tidemark replay p.json');
    expect(text).toMatch(/^single faults {2}11 of 12$/m);
    expect(text).toMatch(/^pairs {10}not asked for/m);
  });
});
