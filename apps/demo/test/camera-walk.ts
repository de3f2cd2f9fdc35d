import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeFilm } from '../../../testing/write-film.js';
import { isReady, slow } from './page-actions.js';
import type { Tour } from './tour.js';

/** One after another before the camera, none twice in a row. */
const shown = ['old key', 'lemon', 'spider', 'balloon', 'green circle', 'fish'] as const;

/** A film of several drawings by another artist than that of the albums. */
export function cameraWalk(tour: () => Tour): void {
  let browser: Browser;
  let profile: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    const { site, query, root, albums } = tour();
    const films = await Promise.all(
      shown.map(async (label, i) => readFile(await writeFilm(join(root, `camera-${i}.mjpeg`), query(label)))),
    );
    // Thirty pictures, three times: three seconds of each drawing, enough for a busy machine to see it.
    const film = join(root, 'camera-all.mjpeg');
    await writeFile(film, Buffer.concat(films.flatMap((part) => [part, part, part])));
    browser = await site.launch(film);
    profile = await site.openProfile({}, browser);
    page = await site.openPage(profile);
    await page.setInputFiles('#folder', albums);
    await isReady(page, 8);
  });
  afterAll(() => browser?.close());

  it('names what the camera shows, each drawing in its turn, and never another album in between', async () => {
    await page.getByRole('button', { name: 'Use the camera' }).click();
    await page.locator('.answers li').first().waitFor(slow);
    // The label on top, whenever it is another one, until every drawing came by and the first of them again.
    const seen = await page.evaluate((most) => {
      const labels: string[] = [];
      const began = performance.now();
      return new Promise<string[]>((done) => {
        const look = () => {
          const label = document.querySelector<HTMLElement>('.answers li')?.dataset['label'];
          if (label && label !== labels.at(-1)) labels.push(label);
          if (labels.length > most || performance.now() - began > 120_000) done(labels);
          else requestAnimationFrame(look);
        };
        look();
      });
    }, shown.length + 1);
    const start = shown.indexOf(seen[0] as (typeof shown)[number]);
    const turn = [...shown, ...shown, ...shown].slice(start, start + seen.length);
    expect(seen).toEqual(turn);
    expect(seen.length).toBe(shown.length + 2);
    const rate = Number.parseFloat((await page.locator('.rate').textContent()) ?? '');
    console.info(`camera, eight albums: ${rate} answers a second`);
    expect(rate).toBeGreaterThan(0);
  });
}
