/**
 * G2: no version of the lake names a file twice: its rows would be there twice for every reader.
 *
 * A file is told once, at the first version that does so.
 */
import type { HistoryChecker } from './checker.ts';
import { Findings } from './finding.ts';
import { lakeFacts } from './lake-facts.ts';

export const lakeFileOnce: HistoryChecker = {
  name: 'lake-file-once',
  guarantee: 'G2',
  title: 'A snapshot names each of its files once',
  codes: ['double-referenced-file'],
  check(history) {
    const findings = new Findings();
    let looked = 0;
    for (const { swing, files, repeated } of lakeFacts(history).versions) {
      looked += files;
      for (const { path, times } of repeated) {
        findings.add({
          code: 'double-referenced-file',
          layer: 'lake',
          message: `${path} is named ${times} times by snapshot ${swing.snapshot?.snapshotId}`,
          identity: null,
          subject: path,
          actual: [{ path, times, snapshotId: swing.snapshot?.snapshotId ?? null }],
        });
      }
    }
    return { findings: findings.list, looked };
  },
};
