/**
 * A broker, its clients and a wire that loses what the test says, for the tests of both clients.
 *
 * Time is virtual and passes only while somebody sleeps. Faults are named by step and by how often
 * the step was asked for: `lost` before it arrived, `unanswered` after it took effect, `late` (it
 * arrives when the test says so), `down` when nobody listens. What happened is judged by the
 * checkers of the log, which know nothing of the broker.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type { LogSource } from '../../../src/pipeline/ports/log-source.ts';
import { allCheckers } from '../../checkers/history/all-checkers.ts';
import type { History, HistoryFact } from '../../checkers/history/history.ts';
import type { Remote } from '../remote.ts';
import { BrokerMachine, type BrokerMachineOptions } from '../stores/broker-machine.ts';
import { createSimulatedLogSource, type SimulatedLogSourceOptions } from './log-source.ts';
import { createSimulatedProducer, type SimulatedProducerOptions } from './producer.ts';

export type WireFault = 'lost' | 'unanswered' | 'late' | 'down';

const patienceMs = 5_000;
export const topic = 'trades';

export class Scene {
  readonly facts: HistoryFact[] = [];
  readonly broker: BrokerMachine;
  readonly topicId: string;
  /** Steps in the order in which they were asked for. */
  readonly asked: string[] = [];
  /** Faults by `step occurrence`, counted from 1, or by `step` for every one. */
  readonly faults = new Map<string, WireFault>();
  readonly #late: Array<() => unknown> = [];
  #nowMs = 0;

  constructor(guards: BrokerMachineOptions['guards'] = {}) {
    const nowMs = () => this.#nowMs;
    this.broker = new BrokerMachine({ observe: this.observe, guards, nowMs });
    this.topicId = this.broker.createTopic(topic, 2);
  }

  readonly observe = (fact: HistoryFact) => void this.facts.push(fact);

  readonly clock: Clock = {
    nowMs: () => this.#nowMs,
    monotonicMs: () => this.#nowMs,
    sleep: async (ms) => {
      this.#nowMs += ms;
    },
  };

  readonly remote: Remote = {
    call: async (step, effect) => {
      this.asked.push(step);
      const occurrence = this.asked.filter((one) => one === step).length;
      const fault = this.faults.get(`${step} ${occurrence}`) ?? this.faults.get(step);
      if (fault === undefined) return effect();
      if (fault === 'down') throw new TidemarkError('dependency-missing', 'connection refused');
      if (fault === 'unanswered') effect();
      if (fault === 'late') this.#late.push(effect);
      this.#nowMs += patienceMs;
      throw new TidemarkError('unknown-outcome', `no answer to ${step}`);
    },
    run: async () => {
      throw new Error('the broker has no statements');
    },
  };

  /** What was late arrives; nobody hears the answers. */
  arrive(): string[] {
    return this.#late.splice(0).map((effect) => {
      try {
        effect();
        return 'let in';
      } catch (error) {
        if (error instanceof TidemarkError) return 'refused';
        throw error;
      }
    });
  }

  producer(process: string, options: Partial<SimulatedProducerOptions> = {}) {
    const { broker, remote, clock, observe } = this;
    return createSimulatedProducer({ broker, remote, clock, observe, process, topic, ...options });
  }

  source(options: Partial<SimulatedLogSourceOptions> = {}): LogSource {
    const { broker, remote, clock, observe } = this;
    const process = 'reader';
    return createSimulatedLogSource({ broker, remote, clock, observe, process, ...options });
  }

  /** Reads partition 0 from an offset to the end; the keys that were given out. */
  async read(from = 0): Promise<string[]> {
    const source = this.source();
    const info = { name: topic, topicId: this.topicId, partitions: 2 };
    const reader = await source.reader(info, 0, BigInt(from));
    const before = this.facts.length;
    while ((await reader.next({ rowsMax: 100, bytesMax: 1e6, lingerMs: 0 })) !== null);
    return this.facts
      .slice(before)
      .flatMap((fact) => (fact.type === 'poll' ? fact.records.map(({ key }) => key) : []));
  }

  /** The anomalies of the log that the history shows, each code once. */
  codes(): string[] {
    const configuration = {
      name: 'scene',
      allowed: [],
      faultsArmed: 0,
      hasLedger: false,
      expectDrained: false,
    };
    const events = this.facts.map((fact, i) => ({ ...fact, seq: i + 1, atMs: i }));
    const history: History = { configuration, events };
    const checkers = allCheckers.filter(({ guarantee }) => guarantee === 'log');
    const findings = checkers.flatMap((checker) => checker.check(history).findings);
    return [...new Set(findings.map(({ code }) => code))].sort();
  }

  /** Keys as they lie in partition 0, whoever may see them. */
  appended(): string[] {
    return this.facts.flatMap((fact) =>
      fact.type === 'append' && fact.record.partition === 0 ? [fact.record.key] : [],
    );
  }
}

export const records = (...keys: string[]) =>
  keys.map((key) => ({
    key,
    value: Buffer.from(key),
    content: key,
    isTrade: false,
    source: null,
  }));
