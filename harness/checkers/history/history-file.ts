/**
 * A history as a folder: `history.jsonl`, which somebody who did not see the run can judge again.
 *
 * The first line has the version of the format, the number of events and what the run promised;
 * then one event a line. It is written whole, after the run. Reading trusts nothing: a file that
 * ends too early, a type or field that the format does not know, a number that jumps are refused
 * with the file and the line, because a judgement of half a history would be a lie.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { History, HistoryEvent } from './history.ts';
import { eventSchema, eventTypes, headerSchema } from './history-file-schema.ts';

export const historyFileName = 'history.jsonl';

/** Larger ones would not fit into a string of Node. */
const charactersMax = 500_000_000;
const shownMax = 40;

/** A folder that holds no history that can be judged; the message names file and line. */
export class HistoryFileError extends Error {
  override readonly name = 'HistoryFileError';
}

/** Makes the folder when it is not there, and replaces a history that is. Returns the path. */
export function writeHistory(directory: string, { configuration, events }: History): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, historyFileName);
  const header = { version: 1, events: events.length, configuration };
  const lines = [header, ...events].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(`${path}.part`, lines.join(''));
  renameSync(`${path}.part`, path);
  return path;
}

/** Throws HistoryFileError. */
export function readHistory(directory: string): History {
  const path = join(directory, historyFileName);
  const lines = linesOf(path);
  const header = checked(headerSchema, parsed(lines[0] ?? '', path, 1), path, 1);
  const events = lines.slice(1).map((line, i) => eventOf(line, i + 1, path));
  if (events.length !== header.events) {
    const has = `${header.events} events are promised in the first line and ${events.length} are there`;
    throw new HistoryFileError(`${path}: ${has}: the file was cut off or changed`);
  }
  return { configuration: header.configuration, events };
}

function linesOf(path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new HistoryFileError(`${path} cannot be read: ${(error as Error).message}`);
  }
  if (text === '') throw new HistoryFileError(`${path} is empty`);
  if (text.length > charactersMax) {
    throw new HistoryFileError(`${path} has ${text.length} characters, more than ${charactersMax}`);
  }
  const lines = text.split('\n');
  if (lines.pop() !== '') {
    const where = `${path}:${lines.length + 1}`;
    throw new HistoryFileError(`${where} ends in the middle of a line: the file was cut off`);
  }
  return lines;
}

/** `seq` is the number of the event; its line is the next one, because of the header. */
function eventOf(line: string, seq: number, path: string): HistoryEvent {
  const number = seq + 1;
  const value = parsed(line, path, number);
  const { type } = Object(value) as { readonly type?: unknown };
  if (typeof type !== 'string' || !eventTypes.includes(type)) {
    throw new HistoryFileError(`${path}:${number} has no event type that is known: ${shown(type)}`);
  }
  const event = checked(eventSchema, value, path, number);
  if (event.seq === seq) return event;
  const what = `has seq ${event.seq} where ${seq} belongs`;
  throw new HistoryFileError(`${path}:${number} ${what}: lines are missing or were moved`);
}

function parsed(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new HistoryFileError(`${path}:${number} is no JSON: ${shown(line)}`);
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown, path: string, number: number): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') || 'the line';
  throw new HistoryFileError(`${path}:${number} ${place}: ${issue?.message}`);
}

/** Something out of the file, short and on one line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > shownMax ? `${text.slice(0, shownMax)}...` : text;
}
