/**
 * Ranges and heads of bronze: the ingest's part of the ledger. The rules stand in migrations/0001.
 */
import { TidemarkError } from '../../errors.ts';
import type { IngestLedger } from '../../ports/ledger.ts';
import type { Database } from './connection.ts';

export function createIngestLedger(database: Database): IngestLedger {
  return {
    registerTopic: async (topic) => {
      const rows = await database.query(
        `WITH made AS (INSERT INTO tidemark.topic (topic_id, name, partitions) VALUES ($1, $2, $3)
           ON CONFLICT DO NOTHING)
         SELECT topic_id FROM tidemark.topic WHERE name = $2 AND current AND topic_id <> $1`,
        [topic.topicId, topic.name, topic.partitions],
      );
      if (rows.length > 0) {
        throw new TidemarkError(
          'topic-recreated',
          `topic ${topic.name} has id ${topic.topicId}, but the ledger knows it as ` +
            `${rows[0]!.topic_id}: it was deleted and made again. ` +
            'Nothing was read. If that was meant, set current = false on the old row of tidemark.topic and start again.',
        );
      }
    },
    head: async (key, offsetStart) => {
      await database.query(
        `INSERT INTO tidemark.head (layer, topic_id, partition, offset_start, offset_next)
         VALUES ('bronze', $1, $2, $3, $3) ON CONFLICT DO NOTHING`,
        [key.topicId, key.partition, offsetStart],
      );
      const rows = await database.query(
        `SELECT offset_next FROM tidemark.head WHERE layer = 'bronze' AND topic_id = $1 AND partition = $2`,
        [key.topicId, key.partition],
      );
      return rows[0]!.offset_next as bigint;
    },
    intent: async (key) => {
      const rows = await database.query(
        `SELECT offset_first, offset_last, rows, offset_sum FROM tidemark.range
         WHERE topic_id = $1 AND partition = $2 AND state = 'intent'`,
        [key.topicId, key.partition],
      );
      const row = rows[0];
      if (row === undefined) return null;
      return {
        ...key,
        offsetFirst: row.offset_first as bigint,
        offsetLast: row.offset_last as bigint,
        rows: Number(row.rows),
        offsetSum: BigInt(row.offset_sum as string),
      };
    },
    advance: async (lease, key, { close, open }) => {
      await database.query(
        'SELECT tidemark.advance($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)',
        [
          key.topicId,
          key.partition,
          lease.epoch,
          lease.holder,
          close?.offsetFirst ?? null,
          close?.bronze.rows ?? null,
          close?.bronze.sum.toString() ?? null,
          close?.deadLetters.rows ?? null,
          close?.deadLetters.sum.toString() ?? null,
          open?.offsetFirst ?? null,
          open?.offsetLast ?? null,
          open?.rows ?? null,
          open?.offsetSum.toString() ?? null,
        ],
      );
    },
  };
}
