/**
 * The syntax tree of a TypeScript source text, with positions that hold in the text itself.
 *
 * Types are stripped in place, each by blanks of its own length, so what the parser says about the
 * JavaScript is true of the TypeScript too. The original text stays at hand, because a stripped
 * text no longer says what a function returns. Nothing here decides what to mutate.
 */
import { stripTypeScriptTypes } from 'node:module';
import { type AnyNode, type Node, parse, type Token } from 'acorn';

type FunctionNode = Extract<AnyNode, { params: unknown; body: unknown }>;

export interface Syntax {
  /** The text as it is in the file. */
  readonly text: string;
  readonly stripped: string;
  readonly tree: Node;
  readonly tokens: readonly Token[];
}

/** Fails with the parser's own error on a text that is not TypeScript with erasable types. */
export function syntaxOf(text: string): Syntax {
  const stripped = stripTypeScriptTypes(text, { mode: 'strip' });
  if (stripped.length !== text.length) throw new Error('stripping the types moved the text');
  const tokens: Token[] = [];
  const tree = parse(stripped, { ecmaVersion: 'latest', sourceType: 'module', onToken: tokens });
  return { text, stripped, tree, tokens };
}

/** Every node with the nodes around it, the nearest first, in the order of the text. */
export function* nodesOf(
  node: Node,
  around: readonly AnyNode[] = [],
): Generator<{ node: AnyNode; around: readonly AnyNode[] }> {
  const known = node as AnyNode;
  yield { node: known, around };
  const inner = Object.values(node)
    .flat()
    .filter(isNode)
    .sort((a, b) => a.start - b.start);
  for (const child of inner) yield* nodesOf(child, [known, ...around]);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The first token with this text at or behind `from`, which must be there. */
export function tokenFrom(syntax: Syntax, from: number, text: string): Token {
  const found = syntax.tokens.find((t) => t.start >= from && tokenText(syntax, t) === text);
  if (found === undefined) throw new Error(`no ${text} behind position ${from}`);
  return found;
}

const tokenText = ({ stripped }: Syntax, token: Token) => stripped.slice(token.start, token.end);

export function isFunction(node: AnyNode): node is FunctionNode {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/** Whether the function is annotated to return an array, or the promise of one. */
export function returnsArray(syntax: Syntax, of: FunctionNode): boolean {
  const close = syntax.tokens.findLast(
    (t) => t.start >= of.start && t.end <= of.body.start && tokenText(syntax, t) === ')',
  );
  if (close === undefined) return false;
  const type = syntax.text
    .slice(close.end, of.body.start)
    .replace(/=>\s*\(?\s*$/, '')
    .replace(/^\s*:\s*/, '')
    .trim()
    .replace(/^Promise<(.*)>$/s, '$1');
  if (type.includes('=>')) return false;
  return /\[\]$/.test(type) || /^(Readonly)?Array<.*>$/s.test(type);
}
