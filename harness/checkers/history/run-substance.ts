/**
 * There was something to check: records in the log, and rows in some layer behind it.
 *
 * A run in which nothing moved breaks no promise and proves none.
 */
import type { HistoryChecker } from './checker.ts';
import { logFacts } from './log-facts.ts';
import { runFinding } from './run-facts.ts';

export const runSubstance: HistoryChecker = {
  name: 'run-substance',
  guarantee: 'G12',
  title: 'There was something to check',
  codes: ['nothing-checked'],
  check(history) {
    const records = logFacts(history).entries.length;
    let rows = 0;
    for (const event of history.events) {
      switch (event.type) {
        case 'rows-added':
          rows += event.rows.length;
          break;
        case 'file-written':
          rows += event.file.rows.length;
          break;
      }
    }
    const missing: string[] = [];
    if (records === 0) missing.push('the log never had a record');
    if (rows === 0) missing.push('no layer ever had a row');
    const findings = missing.map((what) => runFinding('nothing-checked', what));
    return { findings, looked: records + rows };
  },
};
