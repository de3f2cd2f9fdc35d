import type { BrowserContext } from 'playwright-core';
import { expect, it } from 'vitest';
import { answers, cards, downloaded, isReady, slow, visit } from './page-actions.js';
import type { Tour } from './tour.js';

/** Taken away before the page runs. */
function takeAway(): void {
  const without = (owner: object, name: string) =>
    Object.defineProperty(owner, name, { configurable: true, get: () => undefined });
  without(Navigator.prototype, 'mediaDevices');
  without(Navigator.prototype, 'serviceWorker');
  without(window, 'indexedDB');
  Object.defineProperty(window, 'localStorage', {
    get() {
      throw new DOMException('no storage', 'SecurityError');
    },
  });
}

/** As the browsers do that have neither. */
const withoutGraphics = `
for (const kind of ['OffscreenCanvas', 'HTMLCanvasElement']) {
  const { prototype } = globalThis[kind] ?? {};
  const real = prototype?.getContext;
  if (real) prototype.getContext = function (type, ...more) { return /^webg/.test(type) ? null : real.call(this, type, ...more); };
}
Object.defineProperty(WorkerNavigator.prototype, 'gpu', { get: () => undefined });
Object.defineProperty(StorageManager.prototype, 'getDirectory', { value: () => Promise.reject(new DOMException('no', 'SecurityError')) });
`;

const withoutWebAssembly = 'delete globalThis.WebAssembly;';

/** Runs before each of the page's workers. */
async function beforeWorkers(profile: BrowserContext, script: string): Promise<void> {
  await profile.route(/worker-[\w-]+\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script}\n${await response.text()}` });
  });
}

export function missingWalk(tour: () => Tour): void {
  it('names what is not there: camera, WebGL, storage; and works', async () => {
    const { site, albums, query } = tour();
    const profile = await site.openProfile({ serviceWorkers: 'block' });
    await profile.addInitScript(takeAway);
    await beforeWorkers(profile, withoutGraphics);
    const page = await site.openPage(profile);
    await page.setInputFiles('#folder', albums);
    await isReady(page, 8);
    await expect
      .poll(() => page.locator('.missing summary').textContent(), slow)
      .toBe('Missing here: Camera, WebGL, Storage, Offline use');
    await page.locator('.missing summary').click();
    await page.getByText('drop pictures or choose files instead').waitFor();
    expect(await page.getByRole('button', { name: 'Use the camera' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Get started' }).click();
    await answers(page, query('old key'), 'old key');

    await page.getByRole('button', { name: 'Save on this device' }).click();
    const row = page.locator('[data-model="My albums"]');
    await row.waitFor();
    await page.locator('summary', { hasText: 'Export' }).click();
    const { bytes } = await downloaded(page, 'nearkin model');
    expect(bytes.length).toBeGreaterThan(100_000);
    await row.getByRole('button', { name: 'Open' }).click();
    await expect.poll(() => cards(page), slow).toBe(8);
    await profile.close();
  });

  it('learns, answers, saves and searches without WebAssembly, WebGL and private files', async () => {
    const { site, albums, query } = tour();
    const profile = await site.openProfile({ serviceWorkers: 'block' });
    await profile.addInitScript(withoutWebAssembly);
    await beforeWorkers(profile, `${withoutGraphics}${withoutWebAssembly}`);
    const page = await site.openPage(profile);
    await page.setInputFiles('#folder', albums);
    await isReady(page, 8);
    await expect
      .poll(() => page.locator('.missing summary').textContent(), slow)
      .toBe('Missing here: WebGL, WebAssembly, Offline use');
    await page.locator('.missing summary').click();
    await page.getByText('plain JavaScript computes instead, many times slower').first().waitFor();
    await answers(page, query('old key'), 'old key');
    await page.locator('summary', { hasText: 'Export' }).click();
    for (const kind of ['nearkin model', 'GraphModel', 'Index', 'TFLite'])
      expect((await downloaded(page, kind)).bytes.length, kind).toBeGreaterThan(1000);

    await visit(page, 'Search');
    await page.locator('#library-pictures').setInputFiles(['skis', 'crayon', 'microscope'].map(tour().drawing));
    await page.getByText('This browser keeps no files: the library goes when the page is closed.').waitFor();
    await expect.poll(() => page.locator('.library p').textContent(), slow).toContain('11 pictures: 3 in the library');
    await page.fill('#words', 'a spider');
    await expect.poll(() => page.locator('.wall li').first().textContent(), slow).toContain('spider');
    await page.locator('[data-account]', { hasText: 'All 11 pictures scored' }).waitFor(slow);
    await visit(page, 'Map');
    await page.locator('canvas').waitFor(slow);
    await visit(page, 'Inspect');
    await page.locator('.badge', { hasText: 'index in js' }).waitFor(slow);
    await profile.close();
  });

  it('says so where a camera refuses', async () => {
    const { site } = tour();
    const profile = await site.openProfile();
    await profile.addInitScript(() => {
      MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    const page = await site.openPage(profile);
    await page.getByRole('button', { name: 'Use the camera' }).click();
    await page.getByText('The camera was not allowed').first().waitFor();
    await profile.close();
  });
}
