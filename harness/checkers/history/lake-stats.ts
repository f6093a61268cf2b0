/**
 * G4: the number of rows that a snapshot claims is the number that its files hold.
 *
 * Readers count without opening a file, and skip what they are told is empty. A version that names
 * a file that is not there is not judged here: nobody knows its rows.
 */
import type { HistoryChecker } from './checker.ts';
import { Findings } from './finding.ts';
import { lakeFacts } from './lake-facts.ts';

export const lakeStats: HistoryChecker = {
  name: 'lake-stats',
  guarantee: 'G4',
  title: 'A snapshot claims the rows that its files hold',
  codes: ['stats-wrong'],
  check(history) {
    const findings = new Findings();
    let looked = 0;
    for (const { swing, rows } of lakeFacts(history).versions) {
      const { snapshot } = swing;
      const claimed = snapshot?.rowsClaimed ?? rows;
      if (snapshot !== null) looked += 1;
      if (claimed === rows || Number.isNaN(rows)) continue;
      findings.add({
        code: 'stats-wrong',
        layer: 'lake',
        message: `snapshot ${snapshot?.snapshotId} claims ${claimed} rows and has ${rows}`,
        identity: null,
        subject: `${swing.table} ${snapshot?.snapshotId}`,
        expected: { rows },
        actual: [{ rows: claimed, snapshotId: snapshot?.snapshotId ?? null }],
      });
    }
    return { findings: findings.list, looked };
  },
};
