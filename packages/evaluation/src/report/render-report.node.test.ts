import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGallery, createRng, createVectors } from '@nearkin/core';
import type axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumOptions } from '../../../../scripts/chromium-options.mjs';
import { findChromium } from '../../../../scripts/find-chromium.mjs';
import { evaluateClassifier } from '../classifier/evaluate-classifier.js';
import { likelyMislabels } from '../classifier/likely-mislabels.js';
import { compareRuns } from '../compare/compare-runs.js';
import { projectPca } from '../map/project-pca.js';
import { evaluateRetrieval } from '../retrieval/evaluate-retrieval.js';
import { renderReport } from './render-report.js';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const hostile = '<img src="https://example.com/x" onerror="document.title=1">\u202egnp.jpg';

/** Every section there is, over two noisy classes and one with a hostile name. */
async function everything(): Promise<string> {
  const rng = createRng(11);
  const labels = Array.from({ length: 24 }, (_, i) => ['apple', 'pear', hostile][i % 3]!);
  const ids = labels.map((_, i) => (i === 5 ? hostile : `album/${i}.jpg`));
  const data = Float32Array.from({ length: 24 * 6 }, (_, i) => {
    return (i % 6 === Math.floor(i / 6) % 3 ? 0.7 : 0) + rng.uniform();
  });
  const gallery = createGallery({ vectors: createVectors(data, 6), ids, labels });
  const samples = labels.map((label, i) => {
    const order = rng.shuffle([...new Set(labels)]);
    const predictions = order.map((answer, rank) => ({
      label: answer,
      score: 0.9 - rank / 10 - rng.uniform() / 9,
      nearestId: ids[labels.indexOf(answer)]!,
      unknown: i % 9 === 0,
    }));
    return { id: ids[i]!, label, predictions };
  });
  const scores = (name: string, shift: number) => ({
    name,
    ids,
    perQuery: {
      apAtR: ids.map((_, i) => (i % 7) / 10 + shift),
      rPrecision: ids.map((_, i) => ((i * shift * 10) % 5) / 5),
    },
  });
  const thumbnails = new Map(ids.slice(0, 20).map((id, i) => [id, picture(i)]));
  const pca = projectPca(gallery.vectors);
  return renderReport({
    title: hostile,
    description: 'A report with every section.',
    facts: [['Embedder', hostile]],
    classifier: evaluateClassifier(samples, { labels: [...new Set(labels), 'never seen'] }),
    retrieval: {
      metrics: await evaluateRetrieval({ queries: gallery, k: [1, 5, 23], neighbors: 3 }),
      queries: gallery,
    },
    mislabels: await likelyMislabels(gallery),
    comparison: compareRuns(scores('<b>A</b>', 0.3), scores('B', 0.1)),
    threshold: 0.75,
    maps: [{ method: 'PCA', ...pca, ids, labels, marked: [ids[3]!] }],
    pictures: { queries: thumbnails, gallery: thumbnails },
  });
}

function picture(i: number): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="${1 + (i % 4)}" fill="#c40"/></svg>`;
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}

describe.skipIf(findChromium() === undefined)('the report in Chromium', () => {
  let browser: Browser;
  let folder: string;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nearkin-report-'));
    await writeFile(join(folder, 'report.html'), await everything());
    address = pathToFileURL(join(folder, 'report.html')).href;
    browser = await chromium.launch(chromiumOptions());
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(options: { width: number; scheme: 'light' | 'dark' }) {
    const context = await browser.newContext({
      viewport: { width: options.width, height: 800 },
      colorScheme: options.scheme,
    });
    const page = await context.newPage();
    const noise: string[] = [];
    page.on('console', (message) => noise.push(message.text()));
    page.on('pageerror', (error) => noise.push(String(error)));
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:')) noise.push(request.url());
    });
    await page.goto(address);
    return { page, noise };
  }

  const openAll = (page: Page) =>
    page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });

  for (const width of [320, 360, 768, 1280])
    test(`${width} px: fits, asks the network for nothing`, async () => {
      const { page, noise } = await open({ width, scheme: 'light' });
      await openAll(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await page.locator('img').count()).toBe(0);
      expect(noise).toEqual([]);
      await page.context().close();
    });

  for (const [scheme, width] of [
    ['light', 360],
    ['dark', 1280],
  ] as const)
    test(`${scheme}, ${width} px: axe finds nothing`, async () => {
      const { page } = await open({ width, scheme });
      await openAll(page);
      await page.evaluate(axeSource);
      const violations = await page.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as { axe: typeof axe };
        const result = await checker.run(document, { preload: false });
        return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n')}`);
      });
      expect(violations).toEqual([]);
      await page.context().close();
    });

  test('by keyboard: skip link, sections, then what is folded opens', async () => {
    const { page } = await open({ width: 1280, scheme: 'light' });
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the report');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Comparison');
    const links = await page.locator('nav a').count();
    for (let i = 0; i < links; i++) await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY');
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await page.locator('main details').first().getAttribute('open')).toBe('');
    await page.context().close();
  });

  test('the map answers to arrow keys, to the pointer, and to the choice of a class', async () => {
    const { page } = await open({ width: 1280, scheme: 'light' });
    const readout = page.locator('.map-readout output');
    await page.locator('.map').focus();
    await page.keyboard.press('ArrowRight');
    const first = await readout.textContent();
    expect(first).toContain('album/');
    const ring = async (side: string) => Number(await page.locator('.ring').getAttribute(side));
    await page.keyboard.press('ArrowLeft');
    const [x, y] = [await ring('cx'), await ring('cy')];
    await page.keyboard.press('ArrowRight');
    expect(await ring('cx')).toBeGreaterThan(x);
    for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowDown');
    expect(await ring('cy')).toBeGreaterThan(y);
    await page.locator('.map-class').selectOption({ label: 'pear' });
    expect(await page.locator('.point.on').count()).toBe(8);
    await page.locator('.map').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await readout.textContent()).toContain('pear');
    const target = page.locator('.point[data-picture]').first();
    await target.dispatchEvent('pointerover');
    expect(await readout.textContent()).toBe(await target.locator('title').textContent());
    expect(await page.locator('.map-readout use').getAttribute('href')).toBe(
      `#${await target.getAttribute('data-picture')}`,
    );
    await page.context().close();
  });

  test('prints what is folded', async () => {
    const { page } = await open({ width: 1280, scheme: 'dark' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await page.locator('details:not([open])').count()).toBe(0);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await page.locator('details[open]').count()).toBe(0);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    await page.context().close();
  });
});
