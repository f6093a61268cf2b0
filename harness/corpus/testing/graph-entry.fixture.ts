/**
 * The near end of a small graph of modules, with a package, a builtin and a late import.
 */
import { basename } from 'node:path';
import { z } from 'zod';
import { bounded, state } from './graph-leaf.fixture.ts';

export { z };

const name: string = basename('folder/name');

export function answer(value: number): string {
  return `${name} ${bounded(value, 10)}`;
}

export function calls(): number {
  return state.calls;
}

export async function answerLater(value: number): Promise<number> {
  const leaf = await import('./graph-leaf.fixture.ts');
  return leaf.bounded(value, 10);
}
