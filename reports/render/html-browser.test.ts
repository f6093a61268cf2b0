import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildVerdict } from '../../harness/experiment/verdict.ts';
import { requireLane } from '../../harness/vitest/lanes.ts';
import { renderHtml } from './html.ts';
import { type SampleKind, sampleJournal } from './sample-journal.ts';

const browserMsMax = 60_000;
const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function browserPath(): string | null {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') return existsSync(named) ? named : null;
  return usualPaths.find((path) => existsSync(path)) ?? null;
}

const executablePath = browserPath();
const lookedAt = process.env.CHROMIUM_PATH ?? usualPaths.join(', ');
const missing = `no Chromium at ${lookedAt}; install it or set CHROMIUM_PATH`;

interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

requireLane('browser', executablePath === null ? missing : null)('the page in a browser', () => {
  let dir: string;
  let browser: Browser;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'tidemark-html-'));
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: flags });
  }, browserMsMax);

  afterAll(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Opens the page of a sample; every request but the file itself is refused and recorded. */
  async function open(kind: SampleKind, width = 1_280, scheme: 'light' | 'dark' = 'light') {
    const lines = sampleJournal(kind);
    const file = join(dir, `${kind}.html`);
    writeFileSync(file, renderHtml(lines, buildVerdict(lines)));
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    const [requests, complaints]: [string[], string[]] = [[], []];
    const own = pathToFileURL(file).href;
    await page.route('**/*', (route) => {
      const url = route.request().url();
      if (url === own) return route.continue();
      requests.push(url);
      return route.abort();
    });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(own, { waitUntil: 'load' });
    return { page, requests, complaints } satisfies Opened;
  }

  test('asks for nothing outside and the console stays empty', {
    timeout: browserMsMax,
  }, async () => {
    for (const kind of ['pass', 'violated', 'inconclusive'] as const) {
      const { page, requests, complaints } = await open(kind);
      await page.waitForLoadState('networkidle');
      expect(requests).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  test('shows the verdict, every layer with its digest, and every finding', {
    timeout: browserMsMax,
  }, async () => {
    const { page } = await open('violated');
    const document = buildVerdict(sampleJournal('violated'));
    expect(await page.getByRole('heading', { name: 'Violated', exact: true }).isVisible()).toBe(
      true,
    );
    for (const layer of document.layers) {
      const card = page.locator('.layer', { hasText: layer.digest ?? 'identities only' }).first();
      expect(await card.isVisible(), layer.name).toBe(true);
    }
    expect(await page.locator('.layer').count()).toBe(document.layers.length);
    expect(await page.locator('.finding').count()).toBe(document.findingsTotal);
    expect(await page.locator('.finding mark').allInnerTexts()).toEqual([
      '57012.33999999',
      '0.00175001',
      'BUY',
    ]);
    await page.close();
  });

  test('says in a sentence that can be read what was proven, or why nothing was', {
    timeout: browserMsMax,
  }, async () => {
    const passed = await open('pass');
    expect(await passed.page.locator('header .sentence').textContent()).toContain(
      'Every one of 34,419 acknowledged records is in log, bronze and lake exactly once',
    );
    await passed.page.close();
    const undecided = await open('inconclusive');
    expect(await undecided.page.locator('header').textContent()).toContain('Nothing is proven');
    await undecided.page.close();
  });

  test('nothing runs out of the window, wide or narrow, light or dark', {
    timeout: browserMsMax,
  }, async () => {
    for (const kind of ['pass', 'violated', 'inconclusive'] as const) {
      for (const width of [1_280, 800, 420]) {
        const { page } = await open(kind, width, width === 800 ? 'dark' : 'light');
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(excess, `${kind} at ${width}`).toBeLessThanOrEqual(0);
        await page.close();
      }
    }
  });

  test('the dark page is dark and the light page is light', { timeout: browserMsMax }, async () => {
    const colors: string[] = [];
    for (const scheme of ['light', 'dark'] as const) {
      const { page } = await open('pass', 1_280, scheme);
      colors.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
      await page.close();
    }
    expect(colors).toEqual(['rgb(244, 246, 248)', 'rgb(14, 18, 24)']);
  });
});
