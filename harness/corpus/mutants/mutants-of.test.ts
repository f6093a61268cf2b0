/**
 * Each way to mutate, on small texts; and what no mutator may touch.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { patchedText } from '../patch.ts';
import { type MutationOperator, mutantPatch } from './mutant.ts';
import { mutantsOf, mutantsOfText } from './mutants-of.ts';
import { syntaxOf } from './syntax.ts';

const root = resolve(import.meta.dirname, '../../..');
const file = 'f.ts';

/** The whole text of every mutant, of one operator or of all. */
function texts(text: string, operator?: MutationOperator): string[] {
  return mutantsOfText(file, text)
    .filter((mutant) => operator === undefined || mutant.operator === operator)
    .map((mutant) => patchedText(mutant.id, file, text, mutantPatch(mutant).edits));
}

describe('each operator', () => {
  test('turns a comparison round', () => {
    const flips = ['===', '!==', '==', '!=', '<', '<=', '>', '>='].map((sign) =>
      texts(`a ${sign} b`, 'comparison-flip').join(),
    );
    const turned = ['!==', '===', '!=', '==', '>=', '>', '<=', '<'];
    expect(flips).toEqual(turned.map((sign) => `a ${sign} b`));
  });

  test('moves a boundary by one, where there is one', () => {
    const moved = ['<', '<=', '>', '>=', '==='].map((sign) =>
      texts(`a ${sign} b`, 'comparison-boundary').join(),
    );
    expect(moved).toEqual(['a <= b', 'a < b', 'a >= b', 'a > b', '']);
  });

  test('hits the sign itself, not its like in brackets, comments or types', () => {
    const text = 'f((a < b) /* < */ < (c as Map<A, B>).size)';
    expect(texts(text, 'comparison-boundary')).toEqual([
      'f((a <= b) /* < */ < (c as Map<A, B>).size)',
      'f((a < b) /* < */ <= (c as Map<A, B>).size)',
    ]);
  });

  test('swaps plus and minus, of numbers only', () => {
    expect(texts('a - b', 'arithmetic')).toEqual(['a + b']);
    expect(texts('n += m', 'arithmetic')).toEqual(['n -= m']);
    expect([...texts('i++', 'arithmetic'), ...texts('--i', 'arithmetic')]).toEqual(['i--', '++i']);
    expect(texts("a + 'x' + b", 'arithmetic')).toEqual([]);
    expect(texts('s += `x`', 'arithmetic')).toEqual([]);
  });

  test('swaps and and or', () => {
    expect(texts('a && b || c', 'logical')).toEqual(['a || b || c', 'a && b && c']);
  });

  test('turns true and false round', () => {
    expect(texts('f(true, false)', 'boolean-literal')).toEqual([
      'f(false, false)',
      'f(true, true)',
    ]);
  });

  test('adds one to a number or a bigint', () => {
    expect(texts('f(1, 0n, 0xff, 1_000n)', 'number-literal')).toEqual([
      'f(2, 0n, 0xff, 1_000n)',
      'f(1, 1n, 0xff, 1_000n)',
      'f(1, 0n, 256, 1_000n)',
      'f(1, 0n, 0xff, 1001n)',
    ]);
  });

  test('empties a returned array, known as one by its brackets or by the type', () => {
    expect(texts('const f = (a) => [a];', 'return-empty')).toEqual(['const f = (a) => [];']);
    const typed = 'function f(a: X): readonly (A | B)[] { return g(a); }';
    expect(texts(typed, 'return-empty')).toEqual([typed.replace('g(a)', '[]')]);
    const promised = 'const f = async (a: X): Promise<ReadonlyArray<A>> => g(a);';
    expect(texts(promised, 'return-empty')).toEqual([promised.replace('g(a)', '[]')]);
  });

  test('leaves a return alone that is empty already or no array', () => {
    expect(texts('function f(): A[] { return []; }', 'return-empty')).toEqual([]);
    expect(texts('function f(a: A[]): A { return g(a); }', 'return-empty')).toEqual([]);
    expect(texts('function f(): () => A[] { return g; }', 'return-empty')).toEqual([]);
    const inner = 'function f(): A[] { return xs.map((x): B => { return g(x); }); }';
    expect(texts(inner, 'return-empty')).toEqual(['function f(): A[] { return []; }']);
  });

  test('drops a not', () => {
    expect(texts('if (!a.has(b)) f();', 'not-removed')).toEqual(['if (a.has(b)) f();']);
  });

  test('lets a condition always hold, or never', () => {
    expect(texts('if (a > b) f();', 'condition-true')).toEqual(['if (true) f();']);
    expect(texts('a ? b : c', 'condition-false')).toEqual(['false ? b : c']);
  });

  test('never lets a loop go on for ever by its condition', () => {
    const loops = 'while (a) f(); for (;;) g(); do h(); while (b);';
    expect(texts(loops, 'condition-true')).toEqual([]);
    expect(texts(loops, 'condition-false')).toEqual([
      'while (false) f(); for (;;) g(); do h(); while (b);',
      'while (a) f(); for (;;) g(); do h(); while (false);',
    ]);
  });

  test('removes a call that stands for its effect', () => {
    expect(texts('if (a) found.push(b);', 'call-removed')).toEqual(['if (a) ;']);
    expect(texts('const f = async () => { await g(); };', 'call-removed')).toEqual([
      'const f = async () => { ; };',
    ]);
    expect(texts('const a = f(); b = g();', 'call-removed')).toEqual([]);
  });

  test('lets everything through a filter', () => {
    const chain = 'xs\n  .filter((x): x is A => x.a)\n  .map(f)';
    expect(texts(chain, 'filter-removed')).toEqual(['xs\n  \n  .map(f)']);
  });

  test('swaps some and every, and the lesser and the greater', () => {
    expect(texts('a.some(f) || a.every(f)', 'some-every')).toEqual([
      'a.every(f) || a.every(f)',
      'a.some(f) || a.some(f)',
    ]);
    expect(texts('Math.max(a, Math.min(b))', 'min-max')).toEqual([
      'Math.min(a, Math.min(b))',
      'Math.max(a, Math.max(b))',
    ]);
  });
});

test('types, texts, keys, optional calls and inherited names are left alone', () => {
  const text = [
    "import { a } from 'a';",
    'interface A { readonly ok: true; readonly n: 1 }',
    'const t: 1 | 2 = b as 1; const s = `x`; const o = { 1: s };',
    'const m = c.toString() ?? d.constructor(e?.filter(f), e?.some(f)) ?? x.min(y);',
  ].join('\n');
  expect(texts(text)).toEqual([]);
});

test('ids are stable, in the order of the text, and counted within a line and operator', () => {
  const text = '// é 😀\nconst f = (a: Set<"日本">, b: A) => a.size === 0 && b === 1;\n';
  const mutants = mutantsOfText(file, text);
  expect(mutants.map((m) => m.id)).toEqual([
    'f.ts:2:comparison-flip:1',
    'f.ts:2:number-literal:1',
    'f.ts:2:logical:1',
    'f.ts:2:comparison-flip:2',
    'f.ts:2:number-literal:2',
  ]);
  expect(mutants[3]).toMatchObject({ line: 2, before: 'b === 1', after: 'b !== 1', find: '===' });
  expect(mutantsOfText(file, text)).toEqual(mutants);
});

test('a mutant of a text that has changed since is refused by name', () => {
  const [mutant] = mutantsOfText(file, 'a < b');
  const apply = (text: string) => patchedText(mutant!.id, file, text, mutantPatch(mutant!).edits);
  expect(apply('a < c')).toBe('a >= c');
  expect(() => apply('ab < c')).toThrow(
    'patch f.ts:1:comparison-flip:1: f.ts: "<" does not stand at 2',
  );
});

test('every mutant of the real checkers can be parsed and has an id of its own', () => {
  const folder = 'harness/checkers/compare';
  const files = readdirSync(join(root, folder)).filter((name) => /^[a-z-]+\.ts$/.test(name));
  const mutants = files.flatMap((name) => mutantsOf(`${folder}/${name}`));
  expect(mutants.length).toBeGreaterThan(100);
  expect(new Set(mutants.map((mutant) => mutant.id)).size).toBe(mutants.length);
  for (const mutant of mutants) {
    const text = readFileSync(join(root, mutant.file), 'utf8');
    const mutated = patchedText(mutant.id, mutant.file, text, mutantPatch(mutant).edits);
    expect(() => syntaxOf(mutated), mutant.id).not.toThrow();
  }
});
