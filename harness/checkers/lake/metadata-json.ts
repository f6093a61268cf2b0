/**
 * Reads an Iceberg `metadata.json` (format version 2) into plain data.
 *
 * Snapshot ids are 63-bit integers, which a JavaScript number cannot hold: every integer that is
 * not safe becomes a bigint from its source text. Shapes are checked by a schema, so that a broken
 * file fails here with the name of what is wrong.
 */
import { z } from 'zod';

const id = z.union([z.number().int(), z.bigint()]).transform(BigInt);

const columnType = z.union([z.string(), z.unknown().transform(() => 'nested')]);

const metadataSchema = z.object({
  'format-version': z.number().int(),
  location: z.string(),
  'last-sequence-number': id.default(0n),
  'current-snapshot-id': id.nullish(),
  'current-schema-id': z.number().int(),
  schemas: z.array(
    z.object({
      'schema-id': z.number().int(),
      fields: z.array(z.object({ id: z.number().int(), name: z.string(), type: columnType })),
    }),
  ),
  'partition-specs': z.array(
    z.object({
      'spec-id': z.number().int(),
      fields: z.array(
        z.object({ name: z.string(), transform: z.string(), 'source-id': z.number().int() }),
      ),
    }),
  ),
  snapshots: z
    .array(
      z.object({
        'snapshot-id': id,
        'parent-snapshot-id': id.nullish(),
        'sequence-number': id.default(0n),
        'timestamp-ms': z.number(),
        'manifest-list': z.string(),
        summary: z.record(z.string(), z.string()).default({}),
      }),
    )
    .nullish(),
  refs: z.record(z.string(), z.object({ 'snapshot-id': id })).default({}),
  'metadata-log': z.array(z.object({ 'metadata-file': z.string() })).default([]),
});

export type TableMetadata = z.infer<typeof metadataSchema>;

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

const exactIntegers: Reviver = (_key, value, context) =>
  typeof value === 'number' &&
  !Number.isSafeInteger(value) &&
  context?.source !== undefined &&
  /^-?\d+$/.test(context.source)
    ? BigInt(context.source)
    : value;

/** Fails when the text is not JSON or not table metadata. */
export function parseMetadata(text: string): TableMetadata {
  return metadataSchema.parse(JSON.parse(text, exactIntegers));
}
