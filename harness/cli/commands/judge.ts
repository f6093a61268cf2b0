/** `tidemark judge DIR`: a recorded history judged again, without the run. */
import { visible } from '../../../reports/render/plain-text.ts';
import { painter, wantsColor } from '../../../reports/render/terminal-text.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';

export const judge: Command = {
  name: 'judge',
  summary: 'judge a recorded history again, by every checker, without the run',
  operand: { value: 'DIR', help: 'a folder with a history.jsonl' },
  options: {},
  run: async ({ operand: directory = '', json, out }) => {
    const [files, checkers, { judgementText }] = await Promise.all([
      import('../../checkers/history/history-file.ts'),
      import('../../checkers/history/judge.ts'),
      import('../../checkers/history/judgement-text.ts'),
    ]);
    try {
      const history = files.readHistory(directory);
      const judgement = checkers.judge(history);
      const { name } = history.configuration;
      const paint = painter(wantsColor(process.stdout, process.env));
      if (json) out(JSON.stringify({ directory, name, ...judgement }));
      else out(judgementText(`${directory}: ${name}`, judgement, paint));
      return exitCodes[judgement.verdict];
    } catch (error) {
      if (error instanceof files.HistoryFileError) throw new UsageError(visible(error.message));
      throw error;
    }
  },
};
