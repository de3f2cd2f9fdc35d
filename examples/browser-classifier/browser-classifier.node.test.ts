import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import axe from 'axe-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeFilm } from '../../testing/write-film.js';
import { openTestPage, type TestPage } from './test-page.js';

/** Classes whose two drawings are alike enough for filters without learned weights. */
const classes = ['balloon', 'fish', 'green circle', 'grinning face', 'lemon', 'locked', 'old key', 'spider'];
/** What the camera shows. */
const filmed = 'lemon';

const prepareAlbums = join(import.meta.dirname, '../../samples/prepare.mjs');
let root: string;
let test: TestPage;
const albums = () => join(root, 'albums');
const query = (label: string) => join(root, 'samples', 'queries', label, 'twemoji.png');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin browser '));
  await promisify(execFile)(process.execPath, [prepareAlbums, join(root, 'samples')]);
  for (const label of classes)
    await cp(join(root, 'samples', 'gallery', label), join(albums(), label), { recursive: true });
  test = await openTestPage({ cameraFile: await writeFilm(join(root, 'camera.mjpeg'), query(filmed)) });
});

afterAll(async () => {
  await test?.close();
  await rm(root, { recursive: true, force: true });
});

const answers = () => test.page.locator('#answers li');
const best = () => answers().first().getAttribute('data-label');

it('asks for two classes before it answers', async () => {
  const { page } = test;
  await page.setInputFiles('#query', query('lemon'));
  await expect.poll(() => page.textContent('#drop-hint')).toContain('two classes');
  await page.fill('#class-name', 'lemon');
  await page.setInputFiles('#class-pictures', join(albums(), 'lemon', 'noto.png'));
  await expect.poll(() => page.textContent('#status')).toContain('One more class');
  await page.getByRole('button', { name: 'Remove lemon' }).click();
  await expect.poll(() => page.textContent('#status')).toContain('lemon is forgotten');
});

it('learns a folder of albums, and shows what decided', async () => {
  const { page } = test;
  await page.setInputFiles('#folder', albums());
  await expect.poll(() => page.textContent('#status')).toMatch(/^Ready in .*: 8 pictures, 0 training steps\.$/);
  expect(await page.locator('.album').count()).toBe(8);
  for (const label of ['lemon', 'spider', 'green circle']) {
    await page.setInputFiles('#query', query(label));
    await expect.poll(best).toBe(label);
    expect(await answers().first().textContent()).toContain(`because of ${label}/noto.png`);
    expect(await answers().first().locator('img').getAttribute('src')).toMatch(/^blob:/);
  }
  expect(await answers().count()).toBe(3);
  await expect.poll(() => page.textContent('#spoken')).toMatch(/, score 0\.\d\d$/);
});

it('says unknown below the threshold', async () => {
  const { page } = test;
  await page.fill('#threshold', '1');
  await expect.poll(() => answers().first().textContent()).toContain('Unknown');
  await page.fill('#threshold', '0.3');
  await expect.poll(best).toBe('green circle');
});

it('learns one more class from one picture, and forgets it', async () => {
  const { page } = test;
  await page.setInputFiles('#query', query('star-struck'));
  await expect.poll(best).not.toBe('green circle');
  await page.fill('#class-name', 'a star');
  await page.setInputFiles('#class-pictures', query('star-struck'));
  await expect.poll(best).toBe('a star');
  await page.getByRole('button', { name: 'Remove a star' }).click();
  await expect.poll(best).not.toBe('a star');
});

it('takes a dropped picture, and survives a broken one', async () => {
  const { page } = test;
  const drop = async (name: string, bytes: Buffer) => {
    const transfer = await page.evaluateHandle(
      ([file, data]) => {
        const made = new DataTransfer();
        made.items.add(new File([Uint8Array.from(data as number[])], file as string, { type: 'image/png' }));
        return made;
      },
      [name, [...bytes]] as const,
    );
    await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer });
  };
  await drop('lemon.png', await readFile(query('lemon')));
  await expect.poll(best).toBe('lemon');
  await drop('broken.png', Buffer.from('not a picture'));
  await expect.poll(() => page.textContent('#drop-hint')).not.toBe('Drop a picture here');
  expect(await answers().count()).toBe(0);
});

it('recognises what the camera shows', async () => {
  const { page } = test;
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await expect.poll(best, { timeout: 20_000 }).toBe(filmed);
  const stop = page.getByRole('button', { name: 'Stop the camera' });
  expect(await stop.getAttribute('aria-pressed')).toBe('true');
  await stop.click();
  await expect.poll(() => page.locator('#camera').isHidden()).toBe(true);
});

it('is accessible in both themes and fits a phone', async () => {
  const { page } = test;
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

it('runs on WebAssembly where there is no graphics card, isolated from other origins or not', async () => {
  expect(await test.page.getAttribute('body', 'data-backend')).toBe('wasm');
  const page = await test.browser.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(test.isolatedUrl);
  await page.locator('body[data-ready]').waitFor();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(await page.getAttribute('body', 'data-backend')).toBe('wasm');
  expect(asked.filter((address) => address.endsWith('.wasm'))).toEqual([expect.stringContaining('threaded-simd')]);
  await page.setInputFiles('#folder', albums());
  await expect.poll(() => page.textContent('#status')).toContain('8 pictures');
  await page.setInputFiles('#query', query('spider'));
  await expect.poll(() => page.locator('#answers li').first().getAttribute('data-label')).toBe('spider');
  await page.close();
});

it('says so when it cannot start', async () => {
  const page = await test.browser.newPage();
  await page.goto(`${test.url}?embedder=${encodeURIComponent(`${test.url}nowhere.json`)}`);
  await expect.poll(() => page.textContent('#status')).toMatch(/^It could not start: /);
  await page.close();
});

it('has asked nobody but its own server, and met no error', async () => {
  expect(test.strangers).toEqual([]);
  expect(test.errors).toEqual([]);
  expect(await readdir(albums())).toHaveLength(8);
});
