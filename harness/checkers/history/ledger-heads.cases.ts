/** Heads that go back, stay behind, or run ahead of what was closed. */
import type { Case } from './case.ts';
import { batchSpans, healthy, is, isBatch, isHead, isRange, Plan } from './case-builder.ts';
import { at, batch, done, head, intent, lakeTable, restored, span } from './case-facts.ts';
import type { HistoryFact } from './history.ts';

const regression = (partition: number, offset: number) => [
  { code: 'head-regression', at: at(partition, offset) },
];
const gap = (partition: number, offset: number) => [
  { code: 'range-gap', at: at(partition, offset) },
];
const silent = (partition: number, offset: number) => [
  { code: 'silent-no-commit', at: at(partition, offset) },
];
const ahead = (partition: number, offset: number) => [
  { code: 'ahead-of-table', at: at(partition, offset) },
];
const backup = () => healthy().seqOf(isRange('intent', 0, 3));

const bronze: readonly Case[] = [
  {
    title: 'heads follow what is closed',
    history: () => healthy().history(),
    expect: [],
    looked: 12,
  },
  {
    title: 'a head goes back by one',
    history: () =>
      healthy()
        .atEnd(head('bronze', 0, 5))
        .history(),
    expect: regression(0, 5),
  },
  {
    title: 'a head is told again as it is',
    history: () =>
      healthy()
        .atEnd(head('bronze', 0, 6))
        .history(),
    expect: [],
  },
  {
    title: 'a head goes back for a while',
    history: () =>
      healthy()
        .atEnd(head('bronze', 0, 5), head('bronze', 0, 6))
        .history(),
    expect: regression(0, 5),
  },
  {
    title: 'a head does not follow the last range',
    history: () =>
      healthy()
        .without(isHead('bronze', 0, 6))
        .history(),
    expect: [...regression(0, 3), ...ahead(0, 3)],
  },
  {
    title: 'a head follows the first range only when the second is closed',
    history: () =>
      healthy()
        .without(isHead('bronze', 0, 3))
        .history(),
    expect: [...regression(0, 0), ...ahead(0, 0)],
  },
  {
    title: 'a head follows before its range is told as closed',
    history: () =>
      healthy()
        .without(isHead('bronze', 0, 6))
        .before(isRange('done', 0, 3), head('bronze', 0, 6))
        .history(),
    expect: [],
  },
  {
    title: 'a head is one too far',
    history: () =>
      healthy()
        .instead(isHead('bronze', 0, 6), head('bronze', 0, 7))
        .history(),
    expect: gap(0, 6),
  },
  {
    title: 'a head runs ahead, and the next range follows it',
    history: () =>
      healthy()
        .atEnd(head('bronze', 0, 8), head('bronze', 0, 9), done(span(0, 6, 8), 0))
        .history(),
    expect: gap(0, 6),
  },
  {
    title: 'a head that moves while its range is open',
    history: () =>
      healthy()
        .before(isRange('done', 1, 4), head('bronze', 0, 7))
        .history(),
    expect: gap(0, 6),
  },
  {
    title: 'closed ranges have no head at all',
    history: () =>
      healthy()
        .without(is('head', { layer: 'bronze', partition: 1 }))
        .without(is('head', { layer: lakeTable, partition: 1 }))
        .without(({ type }) => type === 'batch')
        .without(is('head', { layer: lakeTable }))
        .history(),
    expect: [...regression(1, 3), ...regression(1, 4)],
  },
  {
    title: 'a layer begins with its first range, and its head is told after it',
    history: () =>
      healthy()
        .without(isHead('bronze', 0, 0))
        .history(),
    expect: [],
  },
  {
    title: 'a layer begins in the middle and nothing is closed yet',
    history: () => new Plan([head('bronze', 0, 7)]).history(),
    expect: [],
  },
  {
    title: 'a layer begins in the middle and its head goes on by itself',
    history: () => new Plan([head('bronze', 0, 7), head('bronze', 0, 8)]).history(),
    expect: gap(0, 7),
  },
  {
    title: 'a range is open and nothing is closed yet',
    history: () => new Plan([head('bronze', 0, 0), intent(span(0, 0, 2), 3)]).history(),
    expect: [],
  },
  {
    title: 'an old range is closed again, and the head stays',
    history: () =>
      healthy()
        .atEnd(done(span(0, 0, 2), 3))
        .history(),
    expect: [],
  },
];

const lake: readonly Case[] = [
  {
    title: "the lake's head goes back by one",
    history: () =>
      healthy()
        .atEnd(head(lakeTable, 0, 5))
        .history(),
    expect: regression(0, 5),
  },
  {
    title: "the lake's head does not follow the last batch",
    history: () =>
      healthy()
        .without(isHead(lakeTable, 1, 5))
        .history(),
    expect: regression(1, 4),
  },
  {
    title: "the lake's head follows a batch that is still open",
    history: () => healthy().without(isBatch('committed', 'batch-2')).history(),
    expect: [...silent(0, 3), ...silent(1, 4)],
  },
  {
    title: "the lake's head follows a batch that was given up",
    history: () =>
      healthy()
        .instead(isBatch('committed', 'batch-2'), batch('void', 'batch-2', batchSpans.second))
        .history(),
    expect: [...silent(0, 3), ...silent(1, 4)],
  },
  {
    title: 'a batch is committed before its heads are told',
    history: () =>
      healthy()
        .without(isBatch('committed', 'batch-2'))
        .before(isHead(lakeTable, 0, 6), batch('committed', 'batch-2', batchSpans.second))
        .history(),
    expect: [],
  },
  {
    title: 'a batch is committed after its heads were told',
    history: () =>
      healthy()
        .without(isBatch('committed', 'batch-2'))
        .after(isHead(lakeTable, 1, 5), batch('committed', 'batch-2', batchSpans.second))
        .history(),
    expect: [],
  },
  {
    title: "the lake's head is one beyond the head of bronze",
    history: () =>
      healthy()
        .atEnd(
          batch('committed', 'batch-3', [{ ...span(0, 6, 6), rows: 0 }]),
          head(lakeTable, 0, 7),
        )
        .history(),
    expect: ahead(0, 6),
  },
  {
    title: "the lake's head reaches an offset before bronze does",
    history: () =>
      healthy()
        .before(isHead('bronze', 1, 5), head(lakeTable, 1, 5))
        .history(),
    expect: ahead(1, 4),
  },
  {
    title: 'a table that begins while bronze has no head yet',
    history: () => new Plan([head(lakeTable, 0, 0)]).history(),
    expect: [],
  },
];

const watermark = (table: string, moment: number): HistoryFact => ({
  type: 'watermark',
  table,
  at: moment,
});
const marks = (...moments: number[]) =>
  new Plan(moments.map((moment) => watermark('trades', moment)));
const foil = { hasLedger: false };

const lines: readonly Case[] = [
  {
    title: 'a restore takes heads back together with what they closed',
    history: () => healthy().atEnd(restored(backup())).history(),
    expect: [],
  },
  {
    title: 'after a restore heads go on from the backup',
    history: () =>
      healthy()
        .atEnd(restored(backup()), done(span(0, 3, 4), 2), head('bronze', 0, 5))
        .history(),
    expect: [],
  },
  {
    title: 'after a restore a head goes back behind the backup',
    history: () =>
      healthy()
        .atEnd(restored(backup()), head('bronze', 0, 2))
        .history(),
    expect: regression(0, 2),
  },
  {
    title: 'after a restore a head stands where it was before',
    history: () =>
      healthy()
        .atEnd(restored(backup()), head('bronze', 0, 6))
        .history(),
    expect: gap(0, 3),
  },
  {
    title: 'a head that does not follow is seen although a restore takes it back',
    history: () =>
      healthy()
        .without(isHead('bronze', 0, 6))
        .atEnd(restored(backup()))
        .history(),
    expect: [...regression(0, 3), ...ahead(0, 3)],
  },
  {
    title: 'watermarks rise',
    history: () => marks(1, 2, 2, 3).atEnd({ type: 'phase', phase: 'end' }).history(foil),
    expect: [],
    looked: 4,
    applies: true,
  },
  {
    title: 'there is neither a ledger nor a watermark',
    history: () => new Plan([{ type: 'phase', phase: 'end' }]).history(foil),
    expect: [],
    looked: 0,
    applies: false,
  },
  {
    title: 'there is a ledger, and it is empty',
    history: () => new Plan([]).history(),
    expect: [],
    looked: 0,
    applies: true,
  },
  {
    title: 'a watermark goes back by one',
    history: () => marks(1, 3, 2).history(foil),
    expect: [{ code: 'head-regression', at: null }],
  },
  {
    title: 'a watermark goes back twice',
    history: () => marks(5, 3, 4, 2).history(foil),
    expect: [
      { code: 'head-regression', at: null },
      { code: 'head-regression', at: null },
    ],
  },
  {
    title: 'each table has a watermark of its own',
    history: () => marks(5).atEnd(watermark('candles', 3)).history(foil),
    expect: [],
  },
];

export const cases: readonly Case[] = [...bronze, ...lake, ...lines];
