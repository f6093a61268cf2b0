/**
 * Random commands for a ledger and its catalog, as plain data: what clients of any age, operators
 * and stock writers may ask, in any order.
 *
 * A command names its lease, batch or base by how long ago it was handed out, so a list can be made
 * shorter and still means something. Most commands use what is newest, or nothing would ever be
 * committed; the others are the zombies.
 */
import fc from 'fast-check';

export type Command =
  | { readonly do: 'acquire'; readonly lease: number; readonly holder: number }
  /** Renewed into the past: the lease has expired, and nobody had to wait for it. */
  | { readonly do: 'renew' | 'lapse'; readonly lease: number; readonly age: number }
  | { readonly do: 'release' | 'fence'; readonly lease: number; readonly age: number }
  | { readonly do: 'head'; readonly partition: number; readonly start: number }
  | {
      readonly do: 'open';
      readonly partition: number;
      readonly age: number;
      /** How far from the head the range begins. */
      readonly beside: number;
      readonly rows: number;
      readonly holes: number;
    }
  | {
      readonly do: 'close';
      readonly partition: number;
      readonly age: number;
      readonly dead: number;
      readonly miscounted: boolean;
      /** Records of the range that is opened in the same step; null for none. */
      readonly rows: number | null;
    }
  | { readonly do: 'freeze'; readonly age: number; readonly rowsMax: number }
  | { readonly do: 'maintain'; readonly age: number }
  | {
      readonly do: 'reopen' | 'void';
      readonly age: number;
      readonly batch: number;
      readonly moved: boolean;
    }
  | { readonly do: 'state'; readonly batch: number }
  | {
      readonly do: 'swing';
      readonly batch: number;
      readonly as: 'itself' | 'newest epoch' | 'another batch' | 'another base';
      /** To where the pointer was once, instead of a new place. */
      readonly again: boolean;
    }
  | { readonly do: 'stock-swing'; readonly age: number | null; readonly stale: boolean }
  | { readonly do: 'create' | 'stock-create' | 'drop' }
  | { readonly do: 'head-back'; readonly layer: number; readonly partition: number }
  | { readonly do: 'topic'; readonly topic: number; readonly name: number }
  | { readonly do: 'retire'; readonly topic: number }
  | { readonly do: 'beat' | 'leave'; readonly holder: number }
  | { readonly do: 'backup' | 'restore' };

const choice = (...values: number[]) => fc.constantFrom(...values);
/** 0 is the newest. */
const age = choice(0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 5);
const partition = choice(0, 1);
const lease = choice(0, 1, 2);
const holder = choice(0, 0, 1, 2);
const seldom = choice(0, 0, 0, 0, 0, 0, 0, 1).map((n) => n === 1);
const one = <T extends string>(...names: T[]) => fc.constantFrom(...names);

const record = <T extends Record<string, fc.Arbitrary<unknown>>>(shape: T) => fc.record(shape);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 7, arbitrary: record({ do: one('acquire'), lease, holder }) },
  { weight: 2, arbitrary: record({ do: one('renew', 'lapse', 'release'), lease, age }) },
  { weight: 4, arbitrary: record({ do: one('fence'), lease: choice(0, 1, 2, 2, 2), age }) },
  { weight: 1, arbitrary: record({ do: one('head'), partition, start: choice(0, 3) }) },
  {
    weight: 16,
    arbitrary: record({
      do: one('open'),
      partition,
      age,
      beside: choice(0, 0, 0, 0, 0, 0, 0, 0, -1, 1),
      rows: choice(1, 2, 5, 9, 3, 0, -1),
      holes: choice(0, 0, 0, 0, 1, 3, -1),
    }),
  },
  {
    weight: 18,
    arbitrary: record({
      do: one('close'),
      partition,
      age,
      dead: choice(0, 0, 1),
      miscounted: seldom,
      rows: fc.constantFrom(null, null, 1, 4, -1),
    }),
  },
  { weight: 12, arbitrary: record({ do: one('freeze'), age, rowsMax: choice(1, 4, 1000) }) },
  { weight: 3, arbitrary: record({ do: one('maintain'), age }) },
  {
    weight: 7,
    arbitrary: record({ do: one('reopen', 'reopen', 'void'), age, batch: age, moved: seldom }),
  },
  { weight: 1, arbitrary: record({ do: one('state'), batch: age }) },
  {
    weight: 12,
    arbitrary: record({
      do: one('swing'),
      batch: age,
      as: one('itself', 'itself', 'itself', 'newest epoch', 'another batch', 'another base'),
      again: seldom,
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      do: one('stock-swing'),
      age: fc.constantFrom(null, 0, 0, 1),
      stale: seldom,
    }),
  },
  { weight: 2, arbitrary: record({ do: one('create', 'create', 'stock-create', 'drop') }) },
  { weight: 1, arbitrary: record({ do: one('head-back'), layer: choice(0, 1), partition }) },
  { weight: 1, arbitrary: record({ do: one('topic'), topic: partition, name: partition }) },
  { weight: 1, arbitrary: record({ do: one('retire'), topic: partition }) },
  { weight: 1, arbitrary: record({ do: one('beat', 'leave'), holder }) },
  { weight: 2, arbitrary: record({ do: one('backup', 'restore', 'restore') }) },
) as fc.Arbitrary<Command>;

/** `lengthMax` commands at most, after those that make a start likely. */
export function commandLists(lengthMax: number): fc.Arbitrary<readonly Command[]> {
  const start: readonly Command[] = [
    { do: 'create' },
    { do: 'acquire', lease: 0, holder: 0 },
    { do: 'acquire', lease: 1, holder: 0 },
    { do: 'acquire', lease: 2, holder: 0 },
    { do: 'backup' },
  ];
  return fc
    .tuple(choice(1, 1, 1, 0), fc.array(command, { maxLength: lengthMax, size: 'max' }))
    .map(([started, list]) => (started === 1 ? [...start, ...list] : list));
}
