/** Step of the proof: the log against bronze and the dead letters. */
import { createBronzeReader, createDeadLetterReader } from '../stores/clickhouse-reader.ts';
import type { LedgerRange } from '../stores/ledger.ts';
import { readSpansBehind } from '../stores/postgres-ledger.ts';
import { readSourceFacts } from '../stores/source-facts.ts';
import { type Comparison, compareLayers } from './compare-layers.ts';
import { type LayerDescription, layerResult } from './layer-results.ts';
import { type ObservedReader, observeReader } from './observed-reader.ts';
import { PartitionTotals } from './partition-totals.ts';
import type { ClosedSpan } from './range-tally.ts';
import { checkTopicId, type Verification } from './verification.ts';

export async function compareLogStep(verification: Verification): Promise<void> {
  const { ledger, log, store, evidence, addLayer } = verification;
  await checkTopicId(verification);
  const bronze = observeReader(createBronzeReader(store));
  const deadLetters = observeReader(createDeadLetterReader(store));
  const trades = await compareStore(verification, bronze, 'trade');
  const dead = await compareStore(verification, deadLetters, 'dead-letter');
  const logged = new PartitionTotals();
  const stored = new PartitionTotals();
  for (const { expected, actual } of [trades, dead]) {
    logged.addAll(expected);
    stored.addAll(actual);
  }
  addLayer(layerResult(log, logged));
  addLayer(layerResult(bronze, trades.actual));
  addLayer(layerResult(deadLetters, dead.actual));
  addLayer(layerResult(together(bronze, deadLetters), stored));
  if (logged.rows + stored.rows === 0n) return;
  const words =
    `${logged.rows} records of the log (${log.reader}) against ${trades.actual.rows} trades and ` +
    `${dead.actual.rows} dead letters, ${trades.buckets + dead.buckets} buckets, ` +
    `${trades.bucketsOpened + dead.bucketsOpened} of them record by record`;
  evidence.looked(['G1', 'G2', 'G3'], words);
  const source = await readSourceFacts(store, ledger.topicId);
  if (source !== null) {
    const facts = `at the source: ${source.duplicates} trades sent twice, ${source.gaps} trade ids skipped`;
    evidence.looked(['G2'], `${facts} in ${source.symbols} symbols`);
  }
}

function compareStore(
  verification: Verification,
  reader: ObservedReader,
  kind: 'trade' | 'dead-letter',
): Promise<Comparison> {
  const { log, findings, onProgress, options } = verification;
  const heads = verification.heads('bronze');
  return compareLayers(log, reader, kind, {
    findings,
    closedSpans: closedSpans(verification.closedRanges, kind),
    ...(heads === undefined ? {} : { heads }),
    spansBehindHead: (key, head) => readSpansBehind(options.postgresUrl, key, head),
    onProgress: (rows) => onProgress(`${rows} records read`),
  });
}

export function closedSpans(
  ranges: readonly LedgerRange[],
  kind: 'trade' | 'dead-letter',
): readonly ClosedSpan[] {
  return ranges.map((range) => ({
    topicId: range.topicId,
    partition: range.partition,
    offsetFirst: range.offsetFirst,
    offsetLast: range.offsetLast,
    rows: (kind === 'trade' ? range.bronze : range.deadLetters)?.rows ?? 0n,
  }));
}

function together(bronze: ObservedReader, deadLetters: ObservedReader): LayerDescription {
  return {
    name: 'bronze+dead-letters',
    title: 'ClickHouse, trades and dead letters together',
    reader: bronze.reader,
    durationMs: bronze.durationMs + deadLetters.durationMs,
  };
}
