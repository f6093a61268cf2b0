/** Topics that are made again, before and after the ledger knew them. */
import type { Case } from './case.ts';
import { healthy, is, isHead } from './case-builder.ts';
import { restored } from './case-facts.ts';
import type { HistoryFact } from './history.ts';

const topic = (name: string, id: string): HistoryFact => ({
  type: 'topic',
  topic: name,
  topicId: id,
});
const recreated = [{ code: 'topic-recreated', at: null }];

export const cases: readonly Case[] = [
  { title: 'a topic keeps its id', history: () => healthy().history(), expect: [], looked: 1 },
  {
    title: 'a topic is made again',
    history: () => healthy().atEnd(topic('trades', 't2')).history(),
    expect: recreated,
    looked: 2,
  },
  {
    title: 'a topic is made again twice, and the ledger knows only the first',
    history: () => healthy().atEnd(topic('trades', 't2'), topic('trades', 't3')).history(),
    expect: recreated,
  },
  {
    title: 'a topic is told again as it is',
    history: () => healthy().atEnd(topic('trades', 't1')).history(),
    expect: [],
  },
  {
    title: 'another topic is made',
    history: () => healthy().atEnd(topic('orders', 't2')).history(),
    expect: [],
  },
  {
    title: 'a topic is made again before anybody read it',
    history: () => healthy().after(is('topic'), topic('trades', 't2')).history(),
    expect: [],
  },
  {
    title: 'a topic is made again when only its head is known',
    history: () =>
      healthy()
        .after(isHead('bronze', 0, 0), topic('trades', 't2'))
        .history(),
    expect: recreated,
  },
  {
    title: 'a topic is made again when only its ranges are known',
    history: () =>
      healthy()
        .without(({ type }) => type === 'head')
        .atEnd(topic('trades', 't2'))
        .history(),
    expect: recreated,
  },
  {
    title: 'a topic is made again after a restore to before it was known',
    history: () => healthy().atEnd(restored(1), topic('trades', 't2')).history(),
    expect: [],
  },
];
