/**
 * Plays commands on a ledger and its catalog through their ports, real or simulated.
 *
 * It remembers what it was handed out (leases, batches, places of the pointer) and turns a command
 * into a request with values; the model is asked about that request, and the database executes it.
 * Answers are made comparable: an epoch and a batch get a name when they are first seen, an error is
 * its code. It judges nothing.
 */
import type {
  LedgerGround,
  Outsider,
} from '../harness/simulation/conformance/ledger-ground.test-kit.ts';
import {
  closing,
  keyOf,
  lakeLease,
  leaseOf,
  longMs,
  opening,
  table,
  topicId,
} from '../harness/simulation/conformance/ledger-ground.test-kit.ts';
import { errorCode } from '../src/pipeline/errors.ts';
import type { Batch } from '../src/pipeline/ports/lake.ts';
import type { ClosedRange, IntentRange, Lease } from '../src/pipeline/ports/ledger.ts';
import type { Command } from './ledger-commands.test-kit.ts';

export interface Step {
  readonly open?: IntentRange;
  readonly close?: ClosedRange;
}

/** A command with its values. */
export type Request =
  | { readonly do: 'acquire'; readonly name: string; readonly holder: string }
  | { readonly do: 'renew'; readonly lease: Lease; readonly ttlMs: number }
  | { readonly do: 'release' | 'fence'; readonly lease: Lease }
  | { readonly do: 'head'; readonly partition: number; readonly start: bigint }
  | {
      readonly do: 'advance';
      readonly lease: Lease;
      readonly partition: number;
      readonly step: Step;
    }
  | {
      readonly do: 'freeze';
      readonly lease: Lease;
      readonly base: string;
      readonly rowsMax: number;
    }
  | { readonly do: 'maintain'; readonly lease: Lease; readonly base: string }
  | {
      readonly do: 'reopen' | 'void';
      readonly lease: Lease;
      readonly batch: Batch;
      readonly base: string;
    }
  | { readonly do: 'state'; readonly batch: Batch }
  | { readonly do: 'swing'; readonly batch: Batch; readonly to: string }
  | {
      readonly do: 'stock-swing';
      readonly from: string;
      readonly to: string;
      readonly epoch: bigint | null;
    }
  | { readonly do: 'create' | 'stock-create'; readonly to: string }
  | { readonly do: 'drop' }
  | {
      readonly do: 'set-head';
      readonly layer: string;
      readonly partition: number;
      readonly to: bigint;
    }
  | { readonly do: 'topic'; readonly topicId: string; readonly name: string }
  | { readonly do: 'retire'; readonly topicId: string }
  | { readonly do: 'beat' | 'leave'; readonly holder: string }
  | { readonly do: 'backup' | 'restore' };

export interface Answer {
  /** The code of the refusal, or null. */
  readonly refused: string | null;
  readonly value: unknown;
}

const leaseNames = [leaseOf(0), leaseOf(1), lakeLease] as const;
const topicIds = [topicId, 'f0000000-0000-4000-8000-000000000001'];
const pick = <T>(list: readonly T[], age: number): T | undefined =>
  list.length === 0 ? undefined : list[Math.max(0, list.length - 1 - age)];

export class LedgerPlayer {
  readonly #ground: LedgerGround;
  readonly #leases = new Map<string, Lease[]>(leaseNames.map((name) => [name, []]));
  readonly #batches: Batch[] = [];
  readonly #places: string[] = [];
  readonly #lastClosed = new Map<number, ClosedRange>();
  readonly #names = new Map<bigint | string, string>();
  #restore: (() => Promise<void>) | null = null;

  constructor(ground: LedgerGround) {
    this.#ground = ground;
  }

  /** The request that the command means now; null when there is nothing that it could mean. */
  async request(command: Command): Promise<Request | null> {
    switch (command.do) {
      case 'acquire':
        return { ...command, name: leaseNames[command.lease]!, holder: `h${command.holder}` };
      case 'renew':
      case 'lapse': {
        const ttlMs = command.do === 'renew' ? longMs : -1000;
        return { do: 'renew', lease: this.#lease(command.lease, command.age), ttlMs };
      }
      case 'release':
      case 'fence':
        return { do: command.do, lease: this.#lease(command.lease, command.age) };
      case 'head':
        return { ...command, start: BigInt(command.start) };
      case 'open':
      case 'close':
        return await this.#advance(command);
      case 'topic':
        return { ...command, topicId: topicIds[command.topic]!, name: `name-${command.name}` };
      case 'retire':
        return { ...command, topicId: topicIds[command.topic]! };
      case 'beat':
      case 'leave':
        return { do: command.do, holder: `h${command.holder}` };
      case 'restore':
        return this.#restore === null ? null : { do: 'restore' };
      case 'head-back': {
        const layer = ['bronze', lakeLease][command.layer]!;
        return { do: 'set-head', layer, partition: command.partition, to: -1n };
      }
      case 'backup':
      case 'drop':
        return { do: command.do };
      default:
        return await this.#lakeRequest(command);
    }
  }

  async #lakeRequest(command: Command): Promise<Request | null> {
    const base = (await this.#ground.catalog.pointer(table)) ?? 'nowhere';
    switch (command.do) {
      case 'freeze':
      case 'maintain':
        return { ...command, lease: this.#lease(2, command.age), base };
      case 'reopen':
      case 'void': {
        const batch = pick(this.#batches, command.batch);
        if (batch === undefined) return null;
        const lease = this.#lease(2, command.age);
        return { do: command.do, lease, batch, base: command.moved ? 'elsewhere' : base };
      }
      case 'state': {
        const batch = pick(this.#batches, command.batch);
        return batch === undefined ? null : { do: 'state', batch };
      }
      case 'swing':
        return this.#swing(command, base);
      case 'stock-swing': {
        const epoch = command.age === null ? null : this.#lease(2, command.age).epoch;
        return { ...command, from: command.stale ? 'elsewhere' : base, to: this.#place(), epoch };
      }
      case 'create':
      case 'stock-create':
        return { do: command.do, to: this.#place() };
      default:
        return null;
    }
  }

  /** The answer, in the words that both databases share. */
  async execute(request: Request): Promise<Answer & { readonly raw: unknown }> {
    try {
      const raw = await this.#call(request);
      return { refused: null, value: this.#plain(raw), raw };
    } catch (error) {
      return { refused: errorCode(error), value: null, raw: null };
    }
  }

  /** What everybody can see of the database. */
  async look(): Promise<unknown> {
    const { ledger, catalog } = this.#ground;
    return this.#plain([
      await ledger.intent(keyOf(0)),
      await ledger.intent(keyOf(1)),
      await ledger.openBatch(table),
      await catalog.pointer(table),
    ]);
  }

  #lease(index: number, age: number): Lease {
    const name = leaseNames[index]!;
    return pick(this.#leases.get(name)!, age) ?? { name, holder: 'nobody', epoch: 1n };
  }

  #place(): string {
    const place = `place-${this.#places.length}`;
    this.#places.push(place);
    return place;
  }

  async #advance(
    command: Extract<Command, { do: 'open' } | { do: 'close' }>,
  ): Promise<Request | null> {
    const { partition } = command;
    const lease = this.#lease(partition, command.age);
    if (command.do === 'open') {
      const head = await this.#ground.ledger.head(keyOf(partition), 0n);
      const first = head + BigInt(command.beside);
      const last = first + BigInt(command.rows + command.holes) - 1n;
      const open = opening(partition, first, command.rows, last);
      return { do: 'advance', lease, partition, step: { open } };
    }
    const intent = await this.#ground.ledger.intent(keyOf(partition));
    const close = intent === null ? this.#lastClosed.get(partition) : closedOf(intent, command);
    if (close === undefined) return null;
    this.#lastClosed.set(partition, close);
    if (command.rows === null) return { do: 'advance', lease, partition, step: { close } };
    const open = opening(partition, close.offsetLast + 1n, command.rows);
    return { do: 'advance', lease, partition, step: { close, open } };
  }

  #swing(command: Extract<Command, { do: 'swing' }>, base: string): Request | null {
    const known = pick(this.#batches, command.batch);
    if (known === undefined) return null;
    const changes = {
      itself: {},
      'newest epoch': { epoch: this.#lease(2, 0).epoch, base },
      'another batch': { batchId: 'another' },
      'another base': { base: 'elsewhere' },
    } as const;
    const batch: Batch = { ...known, ...changes[command.as] };
    return { do: 'swing', batch, to: command.again ? base : this.#place() };
  }

  async #call(request: Request): Promise<unknown> {
    const { ledger, catalog } = this.#ground;
    switch (request.do) {
      case 'acquire':
        return this.#keep(await ledger.acquire(request.name, request.holder, longMs));
      case 'renew':
        return await ledger.renew(request.lease, request.ttlMs);
      case 'release':
        return await ledger.release(request.lease);
      case 'fence':
        return this.#keep(await ledger.fence(request.lease));
      case 'head':
        return await ledger.head(keyOf(request.partition), request.start);
      case 'advance':
        return await ledger.advance(request.lease, keyOf(request.partition), request.step);
      case 'freeze':
        return this.#remember(
          await ledger.freeze(request.lease, table, request.base, request.rowsMax),
        );
      case 'maintain':
        return this.#remember(await ledger.freezeMaintenance(request.lease, table, request.base));
      case 'reopen':
        return this.#remember(await ledger.reopen(request.lease, request.batch, request.base));
      case 'void':
        return await ledger.voidBatch(request.lease, request.batch);
      case 'state':
        return await ledger.batchState(request.batch);
      case 'swing':
        return await catalog.swing(request.batch, request.to);
      case 'create':
        return await catalog.create(table, request.to);
      case 'topic':
        return await ledger.registerTopic({ ...request, partitions: 2 });
      case 'beat':
        return await ledger.heartbeat('ingest', request.holder, longMs);
      case 'leave':
        return await ledger.leave('ingest', request.holder);
      default:
        return await this.#outside(request, this.#ground.outsider);
    }
  }

  async #outside(request: Request, outsider: Outsider): Promise<unknown> {
    switch (request.do) {
      case 'stock-swing':
        return await outsider.swing(table, request.from, request.to, request.epoch);
      case 'stock-create':
        return await outsider.create(table, request.to);
      case 'drop':
        return await outsider.drop(table);
      case 'set-head':
        return await outsider.setHead(request.layer, keyOf(request.partition), request.to);
      case 'retire':
        return await outsider.retireTopic(request.topicId);
      case 'backup':
        this.#restore = await this.#ground.backup();
        return null;
      case 'restore':
        return await this.#restore!();
      default:
        throw new Error(`nobody executes ${request.do}`);
    }
  }

  #keep(lease: Lease | null): Lease | null {
    if (lease !== null) this.#leases.get(lease.name)!.push(lease);
    return lease;
  }

  #remember(batch: Batch | null): Batch | null {
    if (batch !== null) this.#batches.push(batch);
    return batch;
  }

  /** Values without bigints; epochs and batches by the order in which they were first seen. */
  #plain(value: unknown): unknown {
    const named = (key: string, one: unknown) => {
      if (key === 'epoch' && typeof one === 'bigint') return this.#name('epoch', one);
      if (key === 'batchId' && typeof one === 'string') return this.#name('batch', one);
      return typeof one === 'bigint' ? `${one}` : one;
    };
    return JSON.parse(JSON.stringify(value ?? null, (key, one) => named(key, one)));
  }

  #name(kind: string, value: bigint | string): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = `${kind}-${this.#names.size}`;
    this.#names.set(value, name);
    return name;
  }
}

function closedOf(intent: IntentRange, command: Extract<Command, { do: 'close' }>): ClosedRange {
  const close = closing(intent, Math.min(command.dead, intent.rows));
  if (!command.miscounted) return close;
  return { ...close, deadLetters: { rows: close.deadLetters.rows + 1n, sum: 1n } };
}
