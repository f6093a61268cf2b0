/**
 * What a mutator may do to one node of a syntax tree.
 *
 * Each rule answers with the changes it knows for a node, and with none for a node that is not its
 * kind. The rules are those that matter in a checker: a comparison that is off by one or upside
 * down, a guard that always or never holds, a finding that is not pushed, a filter that lets all
 * through. Texts, optional chaining and `??` are left alone: a wrong word is no wrong verdict.
 */
import type { AnyNode, CallExpression, Node } from 'acorn';
import type { MutationOperator } from './mutant.ts';
import { isFunction, returnsArray, type Syntax, tokenFrom } from './syntax.ts';

export interface Change {
  readonly operator: MutationOperator;
  readonly start: number;
  readonly end: number;
  readonly replace: string;
  /** The expression or statement to show to a person. */
  readonly shown: Node;
}

type Rule = (node: AnyNode, around: readonly AnyNode[], syntax: Syntax) => readonly Change[];

type Swaps = ReadonlyMap<string, string>;

const flipped: Swaps = new Map([
  ...bothWays('===', '!=='),
  ...bothWays('==', '!='),
  ...bothWays('<', '>='),
  ...bothWays('>', '<='),
]);
const boundary: Swaps = new Map([...bothWays('<', '<='), ...bothWays('>', '>=')]);
const arithmetic: Swaps = new Map([
  ...bothWays('+', '-'),
  ...bothWays('+=', '-='),
  ...bothWays('++', '--'),
]);
const logical: Swaps = new Map(bothWays('&&', '||'));
const someEvery: Swaps = new Map(bothWays('some', 'every'));
const minMax: Swaps = new Map(bothWays('min', 'max'));

function bothWays(a: string, b: string): [string, string][] {
  return [
    [a, b],
    [b, a],
  ];
}

const comparisons: Rule = (node, _around, syntax) => {
  if (node.type !== 'BinaryExpression') return [];
  return [
    ...operatorChange('comparison-flip', flipped, node, node.left.end, syntax),
    ...operatorChange('comparison-boundary', boundary, node, node.left.end, syntax),
  ];
};

/** The sum of two texts is a text, and its difference a lie that nobody would write. */
const arithmetics: Rule = (node, _around, syntax) => {
  if (node.type === 'BinaryExpression')
    return isText(node)
      ? []
      : operatorChange('arithmetic', arithmetic, node, node.left.end, syntax);
  if (node.type === 'AssignmentExpression')
    return isText(node.right)
      ? []
      : operatorChange('arithmetic', arithmetic, node, node.left.end, syntax);
  if (node.type !== 'UpdateExpression') return [];
  const from = node.prefix ? node.start : node.argument.end;
  return operatorChange('arithmetic', arithmetic, node, from, syntax);
};

const logicals: Rule = (node, _around, syntax) =>
  node.type === 'LogicalExpression'
    ? operatorChange('logical', logical, node, node.left.end, syntax)
    : [];

const literals: Rule = (node, around) => {
  if (node.type !== 'Literal' || isKey(node, around[0])) return [];
  if (typeof node.value === 'boolean')
    return [whole('boolean-literal', node, `${!node.value}`, around[0])];
  const next = successor(node.value);
  return next === null ? [] : [whole('number-literal', node, next, around[0])];
};

const returns: Rule = (node, around, syntax) => {
  const value = resultOf(node);
  if (value === null) return [];
  const statement = node.type === 'ReturnStatement';
  const of = statement ? around.find(isFunction) : node;
  const array =
    value.type === 'ArrayExpression'
      ? value.elements.length > 0
      : of !== undefined && isFunction(of) && returnsArray(syntax, of);
  return array ? [whole('return-empty', value, '[]', statement ? node : value)] : [];
};

const negations: Rule = (node, around) =>
  node.type === 'UnaryExpression' && node.operator === '!'
    ? [
        {
          operator: 'not-removed',
          start: node.start,
          end: node.start + 1,
          replace: '',
          shown: shownOf(node, around[0]),
        },
      ]
    : [];

/** A loop is never told to go on for ever: a run that hangs proves nothing. */
const conditions: Rule = (node) => {
  const loop = /^(While|DoWhile|For)Statement$/.test(node.type);
  if (!loop && node.type !== 'IfStatement' && node.type !== 'ConditionalExpression') return [];
  const test = 'test' in node ? (node.test as AnyNode | null | undefined) : null;
  if (test === null || test === undefined || test.type === 'Literal') return [];
  const never = whole('condition-false', test, 'false');
  return loop ? [never] : [whole('condition-true', test, 'true'), never];
};

const statementCalls: Rule = (node) => {
  if (node.type !== 'ExpressionStatement') return [];
  const outer = node.expression;
  const awaited = outer.type === 'AwaitExpression' ? outer.argument : outer;
  const call = awaited.type === 'ChainExpression' ? awaited.expression : awaited;
  if (call.type !== 'CallExpression' || call.callee.type === 'Super') return [];
  return [whole('call-removed', node, ';')];
};

const methodCalls: Rule = (node, _around, syntax) => {
  if (node.type !== 'CallExpression' || node.optional) return [];
  const { callee } = node;
  if (callee.type !== 'MemberExpression' || callee.optional || callee.computed) return [];
  if (callee.property.type !== 'Identifier' || callee.object.type === 'Super') return [];
  const { property } = callee;
  const swapped = (operator: MutationOperator, name: string | undefined): readonly Change[] =>
    name === undefined
      ? []
      : [{ operator, start: property.start, end: property.end, replace: name, shown: node }];
  if (callee.object.type === 'Identifier' && callee.object.name === 'Math')
    return swapped('min-max', minMax.get(property.name));
  if (property.name === 'filter') return [unfiltered(node, callee.object.end, syntax)];
  return swapped('some-every', someEvery.get(property.name));
};

function unfiltered(node: CallExpression, from: number, syntax: Syntax): Change {
  const start = tokenFrom(syntax, from, '.').start;
  return { operator: 'filter-removed', start, end: node.end, replace: '', shown: node };
}

const rules: readonly Rule[] = [
  comparisons,
  arithmetics,
  logicals,
  literals,
  returns,
  negations,
  conditions,
  statementCalls,
  methodCalls,
];

export const changesAt: Rule = (node, around, syntax) =>
  rules.flatMap((rule) => rule(node, around, syntax));

function operatorChange(
  operator: MutationOperator,
  swaps: Swaps,
  node: Node & { readonly operator: string },
  from: number,
  syntax: Syntax,
): readonly Change[] {
  const replace = swaps.get(node.operator);
  if (replace === undefined) return [];
  const { start, end } = tokenFrom(syntax, from, node.operator);
  return [{ operator, start, end, replace, shown: node }];
}

function whole(operator: MutationOperator, node: Node, replace: string, shown?: AnyNode): Change {
  const { start, end } = node;
  return { operator, start, end, replace, shown: shownOf(node, shown) };
}

/** A small node says more together with the expression it stands in, but not with a whole block. */
function shownOf(node: Node, outer: AnyNode | undefined): Node {
  const tooMuch = /Function|Block|Program|Class|^(If|For|While|Do|Try|Switch)/;
  return outer === undefined || tooMuch.test(outer.type) ? node : outer;
}

/** The returned expression: of a `return`, or of an arrow function without a block. */
function resultOf(node: AnyNode): AnyNode | null {
  if (node.type === 'ReturnStatement') return node.argument ?? null;
  if (node.type !== 'ArrowFunctionExpression') return null;
  return node.body.type === 'BlockStatement' ? null : node.body;
}

function isText(node: Node): boolean {
  const known = node as AnyNode;
  if (known.type === 'TemplateLiteral') return true;
  if (known.type === 'Literal') return typeof known.value === 'string';
  if (known.type !== 'BinaryExpression') return false;
  return known.operator === '+' && (isText(known.left) || isText(known.right));
}

function isKey(node: AnyNode, outer: AnyNode | undefined): boolean {
  const named = outer?.type === 'Property' || outer?.type === 'PropertyDefinition';
  return named && !outer.computed && outer.key === node;
}

function successor(value: unknown): string | null {
  if (typeof value === 'bigint') return `${value + 1n}n`;
  if (typeof value !== 'number' || value + 1 === value) return null;
  return `${value + 1}`;
}
