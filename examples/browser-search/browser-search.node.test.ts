import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageInput, loadDualEncoder } from '@nearkin/embedders';
import { readImages } from '@nearkin/embedders/node';
import { type BundleSearcher, buildSearcher, type Hit, openSearcher, saveSearcher } from '@nearkin/searcher';
import axe from 'axe-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawnPictures, fileOf, lessons } from '../../packages/embedders/test/drawn-pictures.js';
import { openTestPage, type TestPage } from './test-page.js';

let drawn: Awaited<ReturnType<typeof drawnPictures>>;
let node: BundleSearcher<ImageInput>;
let test: TestPage;

beforeAll(async () => {
  drawn = await drawnPictures();
  const bundle = join(drawn.root, 'bundle');
  using encoder = await loadDualEncoder(drawn.encoder);
  using searcher = await buildSearcher<ImageInput>(readImages(drawn.pictures), {
    encoder,
    thumbnail: ({ id }) => sharp(join(drawn.pictures, id)).resize(64).webp().toBuffer(),
  });
  await saveSearcher(searcher, bundle);
  node = await openSearcher<ImageInput>(bundle);
  test = await openTestPage({ bundle });
}, 600_000);

afterAll(async () => {
  await test?.close();
  node?.dispose();
  await drawn?.remove();
});

const best = () => test.page.locator('#found li').first().getAttribute('data-id');

it('finds pictures by words in any script, without loading tfjs', async () => {
  for (const word of Object.keys(lessons)) {
    await test.page.fill('#words', word);
    await expect.poll(best).toBe(fileOf(word));
  }
  const image = test.page.locator('#found li img').first();
  expect(await image.evaluate((element: HTMLImageElement) => element.decode().then(() => element.naturalWidth))).toBe(
    64,
  );
  expect(test.asked.some((address) => address.endsWith('.wasm') && address.includes('tfjs'))).toBe(false);
  const scripts = await test.page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('.js'))
      .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).decodedBodySize, 0),
  );
  // tfjs alone is more than that.
  expect(scripts).toBeLessThan(400_000);
});

it('answers what Node answers, to 1e-4', async () => {
  const inPage = (query: unknown): Promise<Hit[]> =>
    test.page.evaluate(
      (given) =>
        (
          window as unknown as { searcher: { search(query: unknown, options: object): Promise<Hit[]> } }
        ).searcher.search(given, { k: 6 }),
      query,
    );
  const words = Object.keys(lessons);
  const queries = [
    ...words,
    { text: 'lemon', not: 'fish' },
    { like: fileOf('spider') },
    { text: '猫', like: fileOf('fish') },
  ];
  for (const query of queries) {
    const [here, there] = [await node.search(query, { k: 6 }), await inPage(query)];
    expect(there.map(({ id }) => id)).toEqual(here.map(({ id }) => id));
    there.forEach(({ score }, i) => {
      expect(Math.abs(score - here[i]!.score)).toBeLessThan(1e-4);
    });
  }
});

it('finds by a picture too, as Node does', async () => {
  const { page } = test;
  await page.fill('#words', '');
  const query = await drawn.query('spider');
  await page.setInputFiles('#picture', query);
  await expect.poll(best, { timeout: 30_000 }).toBe(fileOf('spider'));
  const bytes = [...(await readFile(query))];
  const there = await page.evaluate(
    (data) =>
      (window as unknown as { searcher: { search(query: unknown): Promise<Hit[]> } }).searcher.search({
        image: new Blob([Uint8Array.from(data)]),
      }),
    bytes,
  );
  const here = await node.search({ image: query });
  expect(there.map(({ id }) => id)).toEqual(here.map(({ id }) => id));
  there.forEach(({ score }, i) => {
    expect(Math.abs(score - here[i]!.score)).toBeLessThan(1e-4);
  });
  await page.click('#forget');
  await expect.poll(() => page.locator('#found li').count()).toBe(0);
});

it('finds more like one of those found', async () => {
  const { page } = test;
  await page.fill('#words', 'lemon');
  await expect.poll(best).toBe(fileOf('lemon'));
  await page.getByRole('button', { name: fileOf('lemon') }).click();
  await expect.poll(best).not.toBe(fileOf('lemon'));
  expect(await page.locator('#found li').count()).toBe(5);
});

it('says what it does not know, and where there is no bundle', async () => {
  const { page } = test;
  await page.fill('#words', 'xylophone');
  await expect.poll(() => page.textContent('#status')).toContain('Expected words that the encoder knows');
  const other = await test.browser.newPage();
  await other.goto(`${test.url}?bundle=nowhere/`);
  await expect.poll(() => other.textContent('#status')).toMatch(/^It could not start: /);
  await other.close();
});

it('is accessible in both themes and fits a phone', async () => {
  const { page } = test;
  await page.fill('#words', 'fish');
  await expect.poll(best).toBe(fileOf('fish'));
  await page.addScriptTag({ content: axe.source });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = await page.evaluate(async () => {
      const { axe: checker } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await checker.run()).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
    });
    expect(found, colorScheme).toEqual([]);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

it('has asked nobody but its own server, and met no error', () => {
  expect(test.asked.filter((address) => !address.startsWith(test.url) && !/^(blob|data):/.test(address))).toEqual([]);
  expect(test.errors).toEqual([]);
});
