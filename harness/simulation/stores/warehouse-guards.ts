/**
 * What the simulated engine can be told to leave out, so that a checker has something to find.
 *
 * Each name is a mechanism of the native engine. Switched off, the engine has the bug that the
 * mechanism prevents: most of them have been in released Iceberg writers. Nothing is off unless a
 * test or a corpus run says so.
 */

export const engineGuards = {
  proof: 'What the files hold is proved before the swing; off: it is swung unseen.',
  'known-batch': 'A batch that the table shows is refused; off: it is appended again.',
  'abort-honoured': 'A stopped engine does not swing; off: it goes on.',
  'files-left-in-doubt':
    'Files stay when nobody knows whether the swing happened; off: they are removed.',
  'asks-before-removal':
    'After a refusal the catalog is asked before files are removed; off: it is believed.',
  'fresh-names': 'Every attempt writes names of its own; off: the second writes over the first.',
  'frozen-ranges': 'Exactly the ranges of the batch are read; off: all up to its last offset.',
  'carries-files': 'A snapshot has the files of its parent; off: only its own.',
  'names-files-once': 'A manifest names a file once; off: its last file twice.',
  'parent-right': 'A snapshot names its parent; off: it names none.',
  'sequence-rises': 'A snapshot has the next sequence number; off: the one of its parent.',
  'rows-claimed': 'The summary counts all rows; off: those of the append are missing.',
  'deletes-after-swing': 'Maintenance deletes behind its swing; off: before it.',
  'deletes-unreachable':
    'Maintenance spares what a kept snapshot leads to; off: all that the expired one led to goes.',
} as const;

export type EngineGuard = keyof typeof engineGuards;

export type EngineGuards = Partial<Record<EngineGuard, boolean>>;
