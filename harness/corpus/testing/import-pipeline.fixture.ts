/**
 * A process of its own that imports the real pipeline with one rule of its range writer taken out,
 * next to the clean one, and prints what both say about a store that lost a record.
 */
import * as clean from '../../../src/pipeline/stages/ingest/range-writer.ts';
import { importPatched } from '../patched-modules.ts';

const patch = {
  id: 'a range is taken for complete without looking',
  edits: [
    {
      file: 'src/pipeline/stages/ingest/range-writer.ts',
      find: "if (rows < BigInt(expected.rows)) return 'incomplete';",
      replace: "if (rows < BigInt(expected.rows)) return 'complete';",
    },
  ],
};
const begun = process.hrtime.bigint();
const pipeline = await importPatched<object>('src/pipeline/pipeline.ts', patch);
const importMs = Number(process.hrtime.bigint() - begun) / 1e6;
const writer = await importPatched<typeof clean>(
  'src/pipeline/stages/ingest/range-writer.ts',
  patch,
);

const none = { digest: { rows: 0n, sum: 0n }, offsetsDistinct: 0n, offsetSum: 0n };
const stored = { bronze: none, deadLetters: none } as unknown as Parameters<
  typeof clean.completeness
>[1];
const expected = { rows: 1, offsetSum: 7n };
process.stdout.write(
  JSON.stringify({
    exports: Object.keys(pipeline),
    patched: writer.completeness(expected, stored),
    clean: clean.completeness(expected, stored),
    importMs,
  }),
);
