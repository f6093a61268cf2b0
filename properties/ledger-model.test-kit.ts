/**
 * A tiny model of what a ledger promises, without the code that keeps it.
 *
 * It says of each request whether it may take effect, and after an effect what everybody can see.
 * It knows neither SQL nor codes nor their order, and it does not choose what a batch freezes: it
 * checks that what was frozen tiles the offsets from the table's head on. What it promises holds in
 * both directions: a ledger that refused everything would fail too.
 */
import { lakeLease, leaseOf } from '../harness/simulation/conformance/ledger-ground.test-kit.ts';
import type { Batch } from '../src/pipeline/ports/lake.ts';
import type { IntentRange, Lease } from '../src/pipeline/ports/ledger.ts';
import type { Request } from './ledger-player.test-kit.ts';

interface ModelLease {
  epoch: bigint;
  holder: string | null;
  lapsed: boolean;
}

interface ModelBatch {
  batch: Batch;
  state: 'open' | 'committed' | 'void';
}

interface State {
  leases: Map<string, ModelLease>;
  /** Where bronze began, up to where it is closed, and up to where the table has it. */
  starts: Map<number, bigint>;
  heads: Map<number, bigint>;
  lakeHeads: Map<number, bigint>;
  open: Map<number, IntentRange>;
  /** First offsets of closed ranges and the offset behind each. */
  closed: Map<number, Map<bigint, bigint>>;
  batches: Map<string, ModelBatch>;
  pointer: string | null;
  swungTo: Set<string>;
  /** Topic id -> its name while it is the current one of that name. */
  topics: Map<string, string | null>;
}

const fresh = (): State => ({
  leases: new Map(),
  starts: new Map(),
  heads: new Map(),
  lakeHeads: new Map(),
  open: new Map(),
  closed: new Map([
    [0, new Map()],
    [1, new Map()],
  ]),
  batches: new Map(),
  pointer: null,
  swungTo: new Set(),
  topics: new Map(),
});

export class LedgerModel {
  #state = fresh();
  #saved = fresh();
  /** Every epoch that any line of time gave out, per lease. */
  readonly #epochs = new Map<string, Set<bigint>>();
  /** How often what happened, so that a search that met nothing does not pass for one that did. */
  readonly seen: Record<string, number> = {};

  /** May the request take effect? For those that answer false or null instead: is that the answer? */
  allows(request: Request): boolean {
    switch (request.do) {
      case 'acquire': {
        const held = this.#state.leases.get(request.name);
        return !held || held.holder === null || held.lapsed || held.holder === request.holder;
      }
      case 'renew':
      case 'fence':
        return this.#owns(request.lease);
      case 'advance':
        return this.#mayAdvance(request);
      case 'freeze':
        return this.#current(request.lease) && this.#openBatch() === null;
      case 'maintain':
        return this.#current(request.lease) && this.#openBatch() === null;
      case 'reopen':
      case 'void': {
        const known = this.#state.batches.get(request.batch.batchId);
        const behind = known !== undefined && request.lease.epoch > known.batch.epoch;
        const open = known?.state === 'open' && this.#current(request.lease);
        return open && (request.do === 'reopen' || behind);
      }
      case 'state':
        return this.#state.batches.has(request.batch.batchId);
      case 'swing': {
        const { batch, to } = request;
        return this.#maySwing(batch.base, to, batch.epoch, batch.batchId);
      }
      case 'stock-swing':
        return this.#maySwing(request.from, request.to, request.epoch, null);
      case 'stock-create':
        return this.#state.pointer === null && !this.#state.leases.has(lakeLease);
      case 'drop':
        return this.#state.pointer === null || !this.#state.leases.has(lakeLease);
      case 'set-head':
        return !this.#headsOf(request.layer).has(request.partition);
      case 'topic': {
        const current = [...this.#state.topics].find(([, name]) => name === request.name);
        return current === undefined || current[0] === request.topicId;
      }
      default:
        return true;
    }
  }

  /** What a request that took effect, with this answer, leaves behind; throws what can't be. */
  apply(request: Request, raw: unknown): void {
    this.seen[request.do] = (this.seen[request.do] ?? 0) + 1;
    const state = this.#state;
    switch (request.do) {
      case 'acquire':
        this.#hand(raw as Lease, false);
        return;
      case 'fence':
        this.#hand(raw as Lease, state.leases.get(request.lease.name)!.lapsed);
        return;
      case 'renew':
        state.leases.get(request.lease.name)!.lapsed = request.ttlMs < 0;
        return;
      case 'release':
        if (this.#owns(request.lease)) state.leases.get(request.lease.name)!.holder = null;
        return;
      case 'head':
        this.#begin(request.partition, request.start);
        return;
      case 'advance':
        this.#advance(request);
        return;
      case 'freeze':
        for (const [partition, start] of state.starts) {
          if (!state.lakeHeads.has(partition)) state.lakeHeads.set(partition, start);
        }
        this.#frozen(raw as Batch | null);
        return;
      case 'maintain':
      case 'reopen':
        this.#frozen(raw as Batch);
        return;
      case 'void':
        state.batches.get(request.batch.batchId)!.state = 'void';
        return;
      case 'swing':
        this.#swung(request.to);
        return;
      case 'stock-swing':
        this.#swung(request.to);
        return;
      case 'create':
      case 'stock-create':
        state.pointer ??= request.to;
        return;
      case 'drop':
        state.pointer = null;
        return;
      default:
        this.#administer(request);
    }
  }

  #administer(request: Request): void {
    switch (request.do) {
      case 'topic':
        if (!this.#state.topics.has(request.topicId)) {
          this.#state.topics.set(request.topicId, request.name);
        }
        return;
      case 'retire':
        if (this.#state.topics.has(request.topicId)) this.#state.topics.set(request.topicId, null);
        return;
      case 'backup':
        this.#saved = structuredClone(this.#state);
        return;
      case 'restore':
        this.#state = structuredClone(this.#saved);
        return;
      default:
    }
  }

  /** Open ranges, open batch, pointer, and heads of both layers, by partition. */
  view(): unknown {
    const { open, pointer, heads, lakeHeads } = this.#state;
    const both = <T>(map: Map<number, T>) => [map.get(0) ?? null, map.get(1) ?? null];
    return [both(open), this.#openBatch()?.batch ?? null, pointer, both(heads), both(lakeHeads)];
  }

  /** The next freeze has nothing to freeze. */
  isDrained(): boolean {
    const { starts, lakeHeads, heads } = this.#state;
    return [...starts].every(([p, start]) => (lakeHeads.get(p) ?? start) === heads.get(p));
  }

  batchState(batchId: string): string {
    return this.#state.batches.get(batchId)!.state;
  }

  #headsOf(layer: string): Map<number, bigint> {
    return layer === 'bronze' ? this.#state.heads : this.#state.lakeHeads;
  }

  #owns({ name, epoch, holder }: Lease): boolean {
    const lease = this.#state.leases.get(name);
    return lease?.epoch === epoch && lease.holder === holder;
  }

  #current({ name, epoch }: Lease): boolean {
    return this.#state.leases.get(name)?.epoch === epoch;
  }

  #openBatch(): ModelBatch | null {
    return [...this.#state.batches.values()].find(({ state }) => state === 'open') ?? null;
  }

  #mayAdvance({ lease, partition, step }: Extract<Request, { do: 'advance' }>): boolean {
    const { heads, open } = this.#state;
    const current = this.#state.leases.get(leaseOf(partition))?.epoch === lease.epoch;
    let head = heads.get(partition);
    let intent = open.get(partition);
    if (step.close) {
      const { offsetFirst, bronze, deadLetters } = step.close;
      const whole = bronze.rows + deadLetters.rows === BigInt(intent?.rows ?? -1);
      if (!current || intent?.offsetFirst !== offsetFirst || !whole) return false;
      head = intent.offsetLast + 1n;
      intent = undefined;
    }
    if (step.open === undefined) return true;
    const { offsetFirst, offsetLast, rows } = step.open;
    const fits = rows >= 0 && BigInt(rows) <= offsetLast - offsetFirst + 1n;
    const real = offsetLast >= offsetFirst && fits;
    return current && intent === undefined && head === offsetFirst && real;
  }

  #maySwing(from: string, to: string, epoch: bigint | null, batchId: string | null): boolean {
    const { pointer, leases, swungTo } = this.#state;
    if (pointer === null || pointer !== from) return false;
    const lease = leases.get(lakeLease);
    if (lease === undefined) return epoch === null;
    const open = this.#openBatch()?.batch;
    const isMeant = batchId === null || batchId === open?.batchId;
    const inEpoch = epoch === lease.epoch && open?.epoch === lease.epoch;
    return inEpoch && isMeant && open.base === pointer && !swungTo.has(to);
  }

  /** A lease was handed out: in an epoch that no line of time ever saw. */
  #hand(lease: Lease, lapsed: boolean): void {
    const before = this.#state.leases.get(lease.name)?.epoch ?? 0n;
    const given = this.#epochs.get(lease.name) ?? new Set();
    this.#epochs.set(lease.name, given);
    if (lease.epoch <= before) throw new Error(`epoch ${lease.epoch} is not above ${before}`);
    if (given.has(lease.epoch)) throw new Error(`epoch ${lease.epoch} was given out twice`);
    given.add(lease.epoch);
    this.#state.leases.set(lease.name, { epoch: lease.epoch, holder: lease.holder, lapsed });
  }

  #begin(partition: number, start: bigint): void {
    if (this.#state.starts.has(partition)) return;
    this.#state.starts.set(partition, start);
    this.#state.heads.set(partition, start);
  }

  #advance({ partition, step }: Extract<Request, { do: 'advance' }>): void {
    const { open, heads, closed } = this.#state;
    if (step.close) {
      const range = open.get(partition)!;
      closed.get(partition)!.set(range.offsetFirst, range.offsetLast + 1n);
      heads.set(partition, range.offsetLast + 1n);
      open.delete(partition);
    }
    if (step.open) open.set(partition, step.open);
  }

  #frozen(batch: Batch | null): void {
    if (batch === null) return;
    const before = this.#state.batches.get(batch.batchId);
    const isSame = before === undefined || sameRanges(before.batch, batch);
    if (!isSame) throw new Error(`batch ${batch.batchId} has other ranges than before`);
    for (const range of batch.ranges) {
      let at = this.#state.lakeHeads.get(range.partition);
      if (at !== range.offsetFirst) throw new Error(`batch does not begin at head ${at}`);
      const ranges = this.#state.closed.get(range.partition)!;
      while (at !== undefined && at <= range.offsetLast) at = ranges.get(at);
      if (at !== range.offsetLast + 1n) throw new Error('batch is no run of closed ranges');
    }
    this.#state.batches.set(batch.batchId, { batch, state: 'open' });
  }

  /** Pointer, batch and heads, all or none. */
  #swung(to: string): void {
    const state = this.#state;
    state.pointer = to;
    if (!state.leases.has(lakeLease)) return;
    state.swungTo.add(to);
    const open = this.#openBatch()!;
    open.state = 'committed';
    for (const { partition, offsetLast } of open.batch.ranges) {
      state.lakeHeads.set(partition, offsetLast + 1n);
    }
  }
}

const sameRanges = (a: Batch, b: Batch) =>
  a.ranges.length === b.ranges.length &&
  a.ranges.every((range, i) => {
    const other = b.ranges[i]!;
    return range.offsetFirst === other.offsetFirst && range.offsetLast === other.offsetLast;
  });
