/**
 * A target whose bronze holds a whole topic and whose lake table holds it too, made once for all
 * lanes that look at such a state.
 */
import type { Bench } from './bench-context.ts';
import { ingestAll } from './pipeline-run.ts';
import { createTarget, type Target } from './target.ts';
import type { FilledTopic } from './topics.ts';

export interface FilledTarget {
  readonly topic: FilledTopic;
  readonly target: Target;
}

const made = new WeakMap<Bench, Promise<FilledTarget>>();

/** The records of the command line, all closed in bronze. It is dropped with the environment. */
export function filledTarget(bench: Bench): Promise<FilledTarget> {
  const filled = made.get(bench) ?? fill(bench);
  made.set(bench, filled);
  return filled;
}

async function fill(bench: Bench): Promise<FilledTarget> {
  const topic = await bench.topics.filled(
    Math.max(bench.options.records, bench.options.peerRecords),
  );
  const target = await createTarget(bench);
  await ingestAll(bench, topic, target);
  bench.note(`${topic.records} records are closed in bronze`);
  return { topic, target };
}
