/**
 * The three faults of the main job, each on a real process or a real wire, each tied to a step of
 * the protocol.
 *
 * They see the steps in the statements themselves: an INSERT names its range, and so does the
 * read-back that follows it. So "between insert and done" is not a matter of timing: the read-back
 * is held while the process is killed.
 */
import type { Fault, FaultObservation } from './fault.ts';
import type { HttpGate } from './http-gate.ts';
import type { PostgresGate } from './postgres-gate.ts';

export interface Bite {
  readonly partition: number;
  readonly offsetFirst: bigint;
  readonly offsetLast: bigint;
}

export interface FaultHooks {
  readonly nowMs: () => number;
  /** Called once, when the fault bites, before its observation is complete. */
  readonly onBite: (name: string, detail: string) => void;
  /** Called once, when the observation is complete. */
  readonly onObserved: (name: string, step: string, detail: string) => void;
}

const rangePattern = /partition = (\d+) AND offset BETWEEN (\d+) AND (\d+)/;

function observe(hooks: FaultHooks, name: string, step: string, detail: string): FaultObservation {
  hooks.onObserved(name, step, detail);
  return { at: hooks.nowMs(), detail };
}

export function rangeOf(statement: string): Bite | null {
  const match = rangePattern.exec(statement);
  if (match === null) return null;
  return {
    partition: Number(match[1]),
    offsetFirst: BigInt(match[2]!),
    offsetLast: BigInt(match[3]!),
  };
}

const isInsert = (statement: string) => /^\s*INSERT INTO bronze_/.test(statement);
const text = (bite: Bite) =>
  `partition ${bite.partition}, offsets ${bite.offsetFirst}-${bite.offsetLast}`;
const same = (a: Bite, b: Bite | null) =>
  b !== null && a.partition === b.partition && a.offsetFirst === b.offsetFirst;

/**
 * SIGKILLs the ingester behind the gate after its `occurrence`-th insert was answered and before it
 * could read back.
 */
export function ingesterKilled(
  gate: HttpGate,
  occurrence: number,
  hooks: FaultHooks,
  kill: () => Promise<{ pid: number; signal: string | null }>,
  /** What ledger and store say of the range while the process is dead. */
  look: (bite: Bite) => Promise<{ state: string | null; rows: number }>,
): Fault {
  const name = 'ingester-killed';
  const step = `between insert ${occurrence} and its done`;
  let inserts = 0;
  let target: Bite | null = null;
  let struck = false;
  let seen: FaultObservation | null = null;
  const strike = async (bite: Bite) => {
    hooks.onBite(name, text(bite));
    const killed = await kill();
    const found = await look(bite);
    if (killed.signal !== 'SIGKILL' || found.state !== 'intent' || found.rows === 0) return;
    const facts = `${found.rows} rows in bronze, ledger says ${found.state}`;
    seen = observe(
      hooks,
      name,
      step,
      `pid ${killed.pid} ended by SIGKILL; ${text(bite)}: ${facts}`,
    );
  };
  gate.rule(({ statement }) => {
    const bite = rangeOf(statement);
    if (target !== null && !isInsert(statement) && same(target, bite) && !struck) {
      struck = true;
      const ended = strike(target);
      return { kind: 'hold', until: () => ended };
    }
    if (!isInsert(statement) || bite === null) return { kind: 'pass' };
    inserts += 1;
    if (inserts !== occurrence) return { kind: 'pass' };
    return {
      kind: 'pass',
      onAnswer: (status) => {
        if (status === 200) target = bite;
      },
    };
  });
  return {
    name,
    step,
    observed: () => seen,
    heal: async () => gate.rule(() => ({ kind: 'pass' })),
  };
}

/** Loses ClickHouse's answer to the `occurrence`-th INSERT after the server has given it. */
export function insertAnswerCut(gate: HttpGate, occurrence: number, hooks: FaultHooks): Fault {
  const name = 'insert-answer-cut';
  const step = `answer of insert ${occurrence}, after it was applied`;
  let inserts = 0;
  let seen: FaultObservation | null = null;
  gate.rule(({ statement }) => {
    const bite = rangeOf(statement);
    if (!isInsert(statement) || bite === null || seen !== null) return { kind: 'pass' };
    inserts += 1;
    if (inserts !== occurrence) return { kind: 'pass' };
    return {
      kind: 'cut-answer',
      onCut: (status) => {
        hooks.onBite(name, text(bite));
        if (status !== 200) return;
        seen = observe(
          hooks,
          name,
          step,
          `${text(bite)}: the server answered 200, no byte of it was delivered`,
        );
      },
    };
  });
  return {
    name,
    step,
    observed: () => seen,
    heal: async () => gate.rule(() => ({ kind: 'pass' })),
  };
}

/** Loses Postgres's answer to the COMMIT of the `occurrence`-th swing of a table's pointer. */
export function commitAnswerCut(gate: PostgresGate, occurrence: number, hooks: FaultHooks): Fault {
  const name = 'commit-answer-cut';
  const step = `answer of the COMMIT of swing ${occurrence}, after it was applied`;
  let swings = 0;
  let seen: FaultObservation | null = null;
  gate.rule(
    ({ statements }) => {
      if (!statements.some((s) => /^UPDATE iceberg_tables/i.test(s))) return false;
      swings += 1;
      return swings === occurrence;
    },
    (tag) => {
      hooks.onBite(name, `swing ${occurrence}`);
      if (tag !== 'COMMIT') return;
      seen = observe(
        hooks,
        name,
        step,
        `swing ${occurrence}: Postgres answered COMMIT, no byte of it was delivered`,
      );
    },
  );
  return {
    name,
    step,
    observed: () => seen,
    heal: async () =>
      gate.rule(
        () => false,
        () => undefined,
      ),
  };
}
