/**
 * Step of the proof: what the producer was told is safe against what the log holds. Without a
 * journal there is nothing to do.
 */

import { systemClock } from '../../system-clock.ts';
import { createLoggedRecords, openJournalRecords } from '../stores/producer-records.ts';
import { layerResult } from './layer-results.ts';
import { PartitionTotals } from './partition-totals.ts';
import { compareProducer } from './producer-check.ts';
import type { Verification } from './verification.ts';

export async function compareProducerStep(verification: Verification): Promise<void> {
  const { options, logReader, findings, evidence, addLayer } = verification;
  if (options.producerJournal === undefined) return;
  const startMs = systemClock.monotonicMs();
  const journal = await openJournalRecords(options.producerJournal);
  try {
    const logged = createLoggedRecords(logReader, options);
    const result = await compareProducer(journal, logged, findings);
    const totals = new PartitionTotals();
    for (const bucket of journal.buckets()) totals.addBucket(bucket);
    const description = {
      name: 'producer',
      title: 'acknowledged by the broker',
      reader: "the producer's journal",
      durationMs: Math.round(systemClock.monotonicMs() - startMs),
    };
    addLayer(layerResult(description, totals, false));
    const words =
      `${result.acknowledged} records acknowledged by the broker, ${result.logged} in the log, ` +
      `${journal.unknown} sent without an answer, ${result.explained} of these seen`;
    if (result.acknowledged + result.logged > 0n) evidence.looked(['G1', 'G3'], words);
  } finally {
    await journal.close();
  }
}
