/**
 * Style is a test: sizes, import directions, banned calls, and a test beside what needs one.
 *
 * It reads the tree as text, so it holds for every file that anybody adds. The table of imports is
 * ARCHITECTURE.md's; a vendor's package may be named in one room only.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const rooms = ['src', 'harness', 'scenarios', 'properties', 'load', 'reports'];

interface Source {
  readonly path: string;
  readonly lines: readonly string[];
  /** Import specifiers, relative ones as paths from the root. */
  readonly imports: readonly string[];
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'out', 'fixtures'].includes(entry.name) ? [] : walk(path);
    return /\.(ts|mjs)$/.test(entry.name) ? [path] : [];
  });
}

/** What a file imports, by name, for its effects only, or at run time. */
function importsOf(text: string): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)[^'"\n;]*?(?:\{[^}]*\}\s*)?from\s+'([^']+)'|(?:^|\n)\s*import\s+'([^']+)'|import\('([^']+)'\)/g,
  );
  return [...found].map((m) => (m[1] ?? m[2] ?? m[3])!);
}

const sources: Source[] = rooms
  .flatMap((room) => walk(join(root, room)))
  .map((file) => {
    const text = readFileSync(file, 'utf8');
    return {
      path: relative(root, file),
      lines: text.split('\n'),
      imports: importsOf(text).map((name) =>
        name.startsWith('.') ? relative(root, resolve(dirname(file), name)) : name,
      ),
    };
  });

const isTest = (path: string) => /\.(test|test-kit|fixture)\.ts$/.test(path);
const production = sources.filter((s) => s.path.startsWith('src/pipeline/') && !isTest(s.path));

/** Every offence as `file: what`, so that a failure reads as a list of things to do. */
function offences(files: readonly Source[], find: (source: Source) => readonly string[]): string[] {
  return files.flatMap((source) => find(source).map((what) => `${source.path}: ${what}`));
}

describe('sizes', () => {
  test('no file is longer than 400 lines', () => {
    expect(
      offences(sources, (s) => (s.lines.length > 401 ? [`${s.lines.length} lines`] : [])),
    ).toEqual([]);
  });

  test('comments keep to 100 columns, and code to 130 where a text cannot be broken', () => {
    const limit = (line: string) => (/^\s*(\*|\/\/|\/\*\*)/.test(line) ? 100 : 130);
    const long = (s: Source) =>
      s.lines.flatMap((line, i) => (line.length > limit(line) ? [`line ${i + 1}`] : []));
    const files = sources.filter((s) => !isTest(s.path));
    expect(offences(files, long)).toEqual([]);
  });

  test('the median file has at most 120 lines and nine of ten have at most 250', () => {
    const lengths = sources.map((s) => s.lines.length).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(120);
    expect(lengths[Math.floor(lengths.length * 0.9)]).toBeLessThanOrEqual(250);
  });

  test('no function is longer than 70 lines', () => {
    expect(
      offences(
        sources.filter((s) => !isTest(s.path)),
        longFunctions,
      ),
    ).toEqual([]);
  });
});

/**
 * A top-level function begins at column 0 and ends at the next `}` at column 0; the formatter
 * guarantees both.
 */
function longFunctions(source: Source): string[] {
  const found: string[] = [];
  let start: number | null = null;
  source.lines.forEach((line, i) => {
    if (/^(export )?(default )?(async )?function\b/.test(line)) start = i;
    if (line === '}' && start !== null) {
      if (i - start + 1 > 70)
        found.push(`function at line ${start + 1} has ${i - start + 1} lines`);
      start = null;
    }
  });
  return found;
}

describe('imports', () => {
  test('every way to import is seen', () => {
    const text = [
      `import { a } from 'one';`,
      `import type {\n  B,\n  C,\n} from './two.ts';`,
      `import * as d from 'three';`,
      `export * from './four.ts';`,
      `import 'five';`,
      `const e = await import('six');`,
    ].join('\n');
    expect(importsOf(text)).toEqual(['one', './two.ts', 'three', './four.ts', 'five', 'six']);
  });

  /** Folder of the pipeline -> folders it may import from. */
  const allowed: ReadonlyArray<readonly [from: string, to: readonly string[]]> = [
    ['src/pipeline/model/', ['src/pipeline/model/']],
    ['src/pipeline/ports/', ['src/pipeline/model/', 'src/pipeline/ports/']],
    [
      'src/pipeline/stages/',
      ['src/pipeline/model/', 'src/pipeline/ports/', 'src/pipeline/stages/'],
    ],
  ];
  const errors = 'src/pipeline/errors.ts';
  const own = (path: string) =>
    path.startsWith('src/') || rooms.some((r) => path.startsWith(`${r}/`));

  test('model, ports and stages look inwards only, and use no package and no part of Node', () => {
    const find = (s: Source) => {
      const rule = allowed.find(([from]) => s.path.startsWith(from));
      if (rule === undefined) return [];
      return s.imports.filter((i) => i !== errors && !rule[1].some((to) => i.startsWith(to)));
    };
    expect(offences(production, find)).toEqual([]);
  });

  test('an adapter imports model, ports and its own folder', () => {
    const find = (s: Source) => {
      const folder = /^src\/pipeline\/adapters\/[^/]+\//.exec(s.path)?.[0];
      if (folder === undefined) return [];
      const may = ['src/pipeline/model/', 'src/pipeline/ports/', folder];
      return s.imports.filter((i) => own(i) && i !== errors && !may.some((to) => i.startsWith(to)));
    };
    expect(offences(production, find)).toEqual([]);
  });

  test('only main.ts wires adapters', () => {
    const find = (s: Source) =>
      s.path === 'src/pipeline/main.ts' || s.path.startsWith('src/pipeline/adapters/')
        ? []
        : s.imports.filter((i) => i.startsWith('src/pipeline/adapters/'));
    expect(offences(production, find)).toEqual([]);
  });

  test('production imports nothing of the harness, scenarios, properties, load or reports', () => {
    const find = (s: Source) => s.imports.filter((i) => own(i) && !i.startsWith('src/'));
    expect(offences(production, find)).toEqual([]);
  });

  /** Rooms that run the production services over adapters of their own. */
  const insiders = /^harness\/(simulation|foil|corpus)\//;

  test('the harness uses the pipeline through its index only', () => {
    const files = sources.filter(
      (s) => /^(harness|scenarios)\//.test(s.path) && !isTest(s.path) && !insiders.test(s.path),
    );
    const find = (s: Source) =>
      s.imports.filter((i) => i.startsWith('src/') && i !== 'src/pipeline/index.ts');
    expect(offences(files, find)).toEqual([]);
  });

  test('simulation, foil and corpus know the services, ports and model, and no adapter', () => {
    const may =
      /^src\/pipeline\/(index|pipeline|config|errors)\.ts$|^src\/pipeline\/(model|ports)\//;
    const files = sources.filter((s) => insiders.test(s.path) && !isTest(s.path));
    expect(
      offences(files, (s) => s.imports.filter((i) => i.startsWith('src/') && !may.test(i))),
    ).toEqual([]);
  });

  test('the checkers share no code with the pipeline', () => {
    const files = sources.filter((s) => s.path.startsWith('harness/checkers/') && !isTest(s.path));
    expect(offences(files, (s) => s.imports.filter((i) => i.startsWith('src/')))).toEqual([]);
  });

  test('reports know nothing but the types of an experiment', () => {
    const files = sources.filter((s) => s.path.startsWith('reports/') && !isTest(s.path));
    const find = (s: Source) =>
      s.imports.filter(
        (i) => own(i) && !i.startsWith('reports/') && !i.startsWith('harness/experiment/'),
      );
    expect(offences(files, find)).toEqual([]);
  });

  test('in production a vendor package is named in one folder', () => {
    const vendors: ReadonlyArray<readonly [name: string, folder: string]> = [
      ['@platformatic/kafka', 'src/pipeline/adapters/kafka/'],
      ['@clickhouse/client', 'src/pipeline/adapters/clickhouse/'],
      ['pg', 'src/pipeline/adapters/postgres/'],
      ['avsc', 'src/pipeline/adapters/iceberg/'],
      ['zod', 'src/pipeline/config.ts'],
    ];
    const find = (s: Source) =>
      vendors.flatMap(([name, folder]) =>
        s.imports.includes(name) && !s.path.startsWith(folder) ? [`imports ${name}`] : [],
      );
    expect(offences(production, find)).toEqual([]);
    const packages = new Set(
      production.flatMap((s) => s.imports).filter((i) => !own(i) && !i.startsWith('node:')),
    );
    const known = new Set(vendors.map(([name]) => name));
    expect([...packages].filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('banned calls', () => {
  const banned: ReadonlyArray<readonly [what: string, pattern: RegExp, exceptions: RegExp]> = [
    [
      'a clock, a timer or randomness',
      /(?<![.\w])(setTimeout|setInterval|Date\.now|Math\.random|performance\.now)\(/,
      /clock\.ts$/,
    ],
    ['console', /\bconsole\.\w+\(/, /^$/],
    [
      'a focused, skipped or retried test',
      /\b(it|test|describe)\.(only|skip|todo)\b|\bretry:\s*[1-9]|passWithNoTests/,
      /tidy\.test\.ts$/,
    ],
    [
      'a swallowed error',
      /catch\s*(\([^)]*\))?\s*\{\s*\}|\.catch\(\(\)\s*=>\s*\{\s*\}\)/,
      /tidy\.test\.ts$/,
    ],
    ['an open end', /\b(TODO|FIXME|HACK|XXX)\b/, /tidy\.test\.ts$/],
  ];

  test.each(banned)('nobody calls %s where it is not allowed', (_what, pattern, exceptions) => {
    const find = (s: Source) =>
      exceptions.test(s.path)
        ? []
        : s.lines.flatMap((line, i) =>
            pattern.test(line) ? [`line ${i + 1}: ${line.trim()}`] : [],
          );
    expect(
      offences(
        sources.filter((s) => !isTest(s.path)),
        find,
      ),
    ).toEqual([]);
  });
});

describe('headers', () => {
  test('every file begins by saying what it is', () => {
    const find = (s: Source) =>
      /^(#!.*\n)?(\/\*\*|\/\/ )/.test(s.lines.slice(0, 3).join('\n')) ? [] : ['no header comment'];
    expect(
      offences(
        sources.filter((s) => !isTest(s.path)),
        find,
      ),
    ).toEqual([]);
  });
});
