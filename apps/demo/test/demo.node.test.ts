import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readImage } from '@nearkin/embedders/node';
import { loadClassifier } from '@nearkin/retrieval';
import axe from 'axe-core';
import { unzipSync } from 'fflate';
import type { BrowserContext, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeFilm } from '../../../testing/write-film.js';
import { openTestSite, type TestSite } from './test-site.js';

/** Classes whose two drawings are alike enough for filters without learned weights. */
const classes = ['balloon', 'fish', 'green circle', 'grinning face', 'lemon', 'locked', 'old key', 'spider'];
const prepareAlbums = join(import.meta.dirname, '../../../samples/prepare.mjs');
const slow = { timeout: 40_000 };

let root: string;
let site: TestSite;
let context: BrowserContext;
let page: Page;
const albums = () => join(root, 'albums');
const query = (label: string) => join(root, 'samples', 'queries', label, 'twemoji.png');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin demo '));
  await promisify(execFile)(process.execPath, [prepareAlbums, join(root, 'samples')]);
  for (const label of classes)
    await cp(join(root, 'samples', 'gallery', label), join(albums(), label), { recursive: true });
  site = await openTestSite({ cameraFile: await writeFilm(join(root, 'camera.mjpeg'), query('lemon')) });
  context = await site.openProfile();
  page = await site.openPage(context);
}, 300_000);

afterAll(async () => {
  await site?.close();
  await rm(root, { recursive: true, force: true });
});

const best = (on = page) => on.locator('.best').getAttribute('data-label');
const cards = (on = page) => on.locator('.card[data-album]').count();
const lesson = (on = page) => on.locator('[data-lesson]').textContent();
const notice = () => page.locator('.notice p').textContent();
const visit = async (view: string, on = page) => {
  await on.locator('nav a', { hasText: view }).click();
  await expect.poll(() => on.title()).toContain(view);
};

async function violations(on: Page): Promise<unknown[]> {
  await on.evaluate(axe.source);
  return on.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await checker.run()).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
  });
}

it('learns a folder of albums without training, and shows the picture that decided', async () => {
  await page.setInputFiles('#folder', albums());
  await expect.poll(lesson, slow).toMatch(/^Ready in [\d.]+ s, 8 pictures, 0 training steps$/);
  expect(await cards()).toBe(8);
  for (const label of ['lemon', 'spider', 'green circle']) {
    await page.setInputFiles('#query', query(label));
    await expect.poll(best, slow).toBe(label);
    expect(await page.locator('.decided img').getAttribute('alt')).toBe(`The picture that decided: ${label}/noto.png`);
  }
  expect(await page.locator('.answers li').count()).toBe(3);
  await page.fill('#threshold', '1');
  await expect.poll(best).toBe('unknown');
  await page.fill('#threshold', '0.5');
});

it('renames, refuses a name that is taken, removes a picture, takes it all back', async () => {
  const name = page.locator('.card[data-album="lemon"] .name');
  await name.fill('spider');
  await name.press('Enter');
  await expect.poll(notice).toContain('There is an album “spider” already');
  await name.fill('<b>citrus</b>');
  await name.press('Enter');
  await expect
    .poll(() => page.locator('.card .name').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value)))
    .toContain('<b>citrus</b>');
  await page.setInputFiles('#query', query('lemon'));
  await expect.poll(best, slow).toBe('<b>citrus</b>');
  await page.getByRole('button', { name: 'Remove noto.png from spider' }).click();
  await expect.poll(cards).toBe(7);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(cards).toBe(8);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(best, slow).toBe('lemon');
});

it('leaves out what is no picture, and says which', async () => {
  const broken = join(root, 'broken.png');
  await writeFile(broken, 'not a picture');
  await page.fill('#album-name', 'noise');
  await page.setInputFiles('#album-pictures', broken);
  await expect.poll(notice, slow).toContain('broken.png is not a picture');
  expect(await cards()).toBe(8);
});

it('recognises what the camera shows, and takes pictures while a button is held', async () => {
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await expect.poll(best, slow).toBe('lemon');
  await page.fill('#album-name', 'seen');
  const hold = page.getByRole('button', { name: 'Hold to take pictures for seen' });
  await hold.focus();
  await page.keyboard.down(' ');
  await page.waitForTimeout(600);
  await page.keyboard.up(' ');
  await expect.poll(best, slow).toBe('seen');
  expect(await page.locator('.card[data-album="seen"] li').count()).toBeGreaterThanOrEqual(2);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(best, slow).toBe('lemon');
  await page.getByRole('button', { name: 'Stop the camera' }).click();
});

it('keeps everything across a reload', async () => {
  await page.reload();
  await page.locator('main[data-ready]').waitFor();
  expect(await cards()).toBe(8);
  await page.setInputFiles('#query', query('spider'));
  await expect.poll(best, slow).toBe('spider');
});

it('saves a model, and a fresh profile and Node answer as it does', async () => {
  await page.fill('input[name="name"]', 'Eight');
  await page.fill('input[name="author"]', 'A. Tester');
  await page.getByRole('button', { name: 'Save on this device' }).click();
  const row = page.locator('[data-model="Eight"]');
  await expect.poll(() => row.textContent(), slow).toMatch(/8 labels, 8 pictures, .*by A\. Tester/);
  const saved = await bytesOf(page.waitForEvent('download'), () =>
    row.getByRole('button', { name: 'Download' }).click(),
  );

  const folder = join(root, 'model');
  await mkdir(join(folder, 'pictures'), { recursive: true });
  for (const [name, bytes] of Object.entries(unzipSync(saved))) await writeFile(join(folder, name), bytes);
  const classifier = await loadClassifier(folder);
  const score = await page.locator('.answers li .score').first().textContent();
  const [answer] = await classifier.classify(await readImage(query('spider')));
  classifier.dispose();
  expect(answer).toMatchObject({ label: 'spider', nearestId: 'spider/noto.png' });
  // The browser and sharp decode the same bytes; what is shown has two digits.
  expect(Math.abs(answer!.score - Number(score))).toBeLessThanOrEqual(0.006);

  const other = await site.openProfile();
  const fresh = await site.openPage(other);
  const zip = join(root, 'Eight.zip');
  await writeFile(zip, saved);
  await expect.poll(() => fresh.locator('.base').textContent(), slow).toContain('Built-in filters');
  await fresh.setInputFiles('#import', zip);
  await expect.poll(() => cards(fresh), slow).toBe(8);
  await fresh.setInputFiles('#query', query('spider'));
  await expect.poll(() => best(fresh), slow).toBe('spider');
  expect(await fresh.locator('.answers li .score').first().textContent()).toBe(score);
  await other.close();

  await row.getByRole('button', { name: 'Delete …' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(() => row.count()).toBe(0);
});

async function bytesOf(coming: Promise<Download>, press: () => Promise<void>): Promise<Uint8Array> {
  const [download] = await Promise.all([coming, press()]);
  return new Uint8Array(await readFile(await download.path()));
}

it('exports a GraphModel and an index', async () => {
  await page.locator('summary', { hasText: 'Export' }).click();
  const graph = await bytesOf(page.waitForEvent('download', slow), () =>
    page.getByRole('button', { name: 'GraphModel' }).click(),
  );
  const model = JSON.parse(Buffer.from(unzipSync(graph)['model.json']!).toString());
  expect(model.format).toBe('graph-model');
  expect(model.userDefinedMetadata.nearkin.classifier.labels).toHaveLength(8);
  const index = await bytesOf(page.waitForEvent('download', slow), () =>
    page.getByRole('button', { name: 'Index', exact: true }).click(),
  );
  const { openIndex } = await import('@nearkin/searcher');
  using opened = await openIndex(index);
  expect(opened.count).toBe(8);
});

it('goes on with the library where a closed tab left off, and searches it by a picture', async () => {
  await visit('Search');
  await page.getByRole('button', { name: 'Take the sample library' }).click();
  await page.locator('.progress').waitFor();
  await page.close();
  page = await site.openPage(context, `${site.url}#/search`);
  await expect.poll(() => page.locator('.library p').textContent(), slow).toContain('305 pictures');
  // The drawing itself: what is nearest to it is known without asking the page.
  await page.setInputFiles('#search-picture', join(root, 'samples', 'gallery', 'lemon', 'noto.png'));
  await expect
    .poll(() => page.locator('[data-account]').textContent(), slow)
    .toMatch(/^\d+ of \d+ partitions visited, \d+ of 305 pictures scored/);
  await expect.poll(() => page.locator('.wall li').first().textContent(), slow).toContain('lemon');
  await page.getByRole('button', { name: 'More like lemon' }).first().click();
  await expect.poll(() => page.locator('.account .thumb').getAttribute('alt')).toBe('What was asked with');
  expect(await page.locator('.wall li').count()).toBe(24);
});

it('maps the gallery, in a picture and in words', async () => {
  await visit('Map');
  await page.locator('canvas').waitFor(slow);
  await page.locator('summary', { hasText: 'The same as a table' }).click();
  await expect.poll(() => page.locator('.table tbody tr').count()).toBe(305);
  await page.locator('canvas').focus();
  await page.keyboard.press('n');
  await expect.poll(() => page.locator('.picked').count()).toBe(1);
  await page.getByRole('button', { name: 'UMAP' }).click();
  await expect
    .poll(() => page.getByRole('button', { name: 'UMAP', exact: true }).getAttribute('aria-pressed'), slow)
    .toBe('true');
});

it('measures recall as the partitions are turned down', async () => {
  await visit('Inspect');
  const recall = async () => Number.parseFloat((await page.locator('[data-recall]').textContent()) ?? '');
  const all = await page.locator('#partitions').getAttribute('max');
  await page.fill('#partitions', all!);
  await expect.poll(recall, slow).toBeGreaterThan(90);
  await page.fill('#partitions', '1');
  await expect.poll(recall, slow).toBeLessThan(90);
});

it('is accessible in every view and both themes, and fits a phone', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const view of ['Teach', 'Search', 'Map', 'Inspect']) {
    await visit(view);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe(colorScheme);
        if (width === 1280) expect(await violations(page), `${view} ${colorScheme}`).toEqual([]);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth), view).toBeLessThanOrEqual(width);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  }
});

it('goes on in memory when the storage is full', async () => {
  await visit('Teach');
  await page.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await page.fill('#album-name', 'one more');
  await page.setInputFiles('#album-pictures', query('balloon'));
  await expect.poll(notice, slow).toContain('Storage is full');
  await expect.poll(cards).toBe(9);
});

it('runs isolated from other origins, and offline after one visit', async () => {
  const isolated = await site.openProfile();
  const first = await site.openPage(isolated, site.isolatedUrl);
  expect(await first.evaluate(() => crossOriginIsolated)).toBe(true);
  await first.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  await first.close();
  await site.stopServing();
  const offline = await site.openPage(isolated, site.isolatedUrl);
  await offline.getByRole('button', { name: 'Try twelve drawings' }).click();
  await expect.poll(() => lesson(offline), slow).toContain('12 pictures');
  await isolated.close();
});

it('has asked nobody but its own server, and met no error', () => {
  expect(site.strangers).toEqual([]);
  expect(site.errors).toEqual([]);
});
