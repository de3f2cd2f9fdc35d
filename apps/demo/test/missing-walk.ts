import { expect, it } from 'vitest';
import { answers, cards, downloaded, isReady, slow } from './page-actions.js';
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
Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined });
Object.defineProperty(WorkerNavigator.prototype, 'gpu', { get: () => undefined });
Object.defineProperty(StorageManager.prototype, 'getDirectory', { value: () => Promise.reject(new DOMException('no', 'SecurityError')) });
`;

export function missingWalk(tour: () => Tour): void {
  it('names what is not there: camera, WebGL, storage; and works', async () => {
    const { site, albums, query } = tour();
    const profile = await site.openProfile({ serviceWorkers: 'block' });
    await profile.addInitScript(takeAway);
    await profile.route(/worker-[\w-]+\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        body: `${withoutGraphics.replace(/^Object.*\(Navigator\..*$/m, '')}${await response.text()}`,
      });
    });
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
