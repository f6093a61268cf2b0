/** The command line names what it does not understand. */
import { describe, expect, test } from 'vitest';
import { readArguments, UsageError, usage } from './arguments.ts';

const known = ['ingest', 'verify', 'tuning'];
const read = (...argv: string[]) => readArguments(argv, known, ['ingest', 'verify']);

describe('arguments', () => {
  test('without a word all default lanes run, with the default sizes', () => {
    expect(read()).toMatchObject({ lanes: ['ingest', 'verify'], records: 2_000_000, rounds: 3 });
  });

  test('the peers read as many records as we do, unless fewer are asked for', () => {
    expect(read('--records', '5000')).toMatchObject({ records: 5_000, peerRecords: 5_000 });
    expect(read('--peer-records', '4000')).toMatchObject({ peerRecords: 4_000 });
  });

  test('lanes run in the order in which they are named, each once', () => {
    const options = read('tuning', 'ingest', 'tuning', '--records', '5000', '--json');
    expect(options).toMatchObject({ lanes: ['tuning', 'ingest'], records: 5_000, json: true });
  });

  test.each([
    [['ingset'], 'there is no lane ingset'],
    [['--records', 'many'], '--records takes a whole number'],
    [['--rounds=0'], '--rounds takes a whole number from 1'],
    [['--recrods', '1'], '--recrods'],
  ])('%j is refused by name', (argv, text) => {
    expect(() => read(...argv)).toThrow(UsageError);
    expect(() => read(...argv)).toThrow(text);
  });

  test('help is no run', () => {
    expect(read('--help')).toBeNull();
    expect(usage(known)).toContain('--peer-records N');
  });
});
