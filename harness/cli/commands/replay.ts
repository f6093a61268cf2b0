/** `tidemark replay FILE`: one counterexample again, byte for byte. */
import { painter, wantsColor } from '../../../reports/render/terminal-text.ts';
import { type Command, exitCodes, stringOption, UsageError } from '../command.ts';

export const replay: Command = {
  name: 'replay',
  summary: 'run a counterexample of simulate, enumerate or corpus again, byte for byte',
  operand: { value: 'FILE', help: 'a counterexample, JSON' },
  options: {
    history: {
      type: 'string',
      value: 'DIR',
      help: 'write what happened there, for tidemark judge DIR',
    },
  },
  run: async ({ operand: path = '', values, json, out }) => {
    const [counterexamples, replays, { buildSubject, UnknownBugError }, { replayText }] =
      await Promise.all([
        import('../../simulation/counterexample.ts'),
        import('../../simulation/replay.ts'),
        import('../../corpus/subject.ts'),
        import('../../simulation/presentation/replay-text.ts'),
      ]);
    try {
      const counterexample = counterexamples.readCounterexample(path);
      const subject = await buildSubject(counterexample.bug);
      const result = await replays.replay(path, counterexample, subject.run);
      const directory = stringOption(values, 'history');
      if (directory !== undefined) {
        const { writeHistory } = await import('../../checkers/history/history-file.ts');
        writeHistory(directory, result.run.history);
      }
      const color = wantsColor(process.stdout, process.env);
      if (json) out(JSON.stringify(replays.replayDocument(path, result)));
      else out(replayText(path, result, painter(color)));
      return exitCodes[result.verdict];
    } catch (error) {
      const input =
        error instanceof counterexamples.CounterexampleError || error instanceof UnknownBugError;
      if (input) throw new UsageError(error.message);
      throw error;
    }
  },
};
