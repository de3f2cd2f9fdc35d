import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generatePictures } from './generated-pictures.js';
import { slow, visit } from './page-actions.js';
import type { Tour } from './tour.js';
import { type Smoothness, smoothness, watchFrames } from './watch-frames.js';

const count = 2000;
/** Thousands of pictures on a busy machine. */
const long = { timeout: 300_000, interval: 250 };

/** A library of thousands: taken in, looked at while the page stays free, left in the middle, gone on with, right. */
export function libraryWalk(tour: () => Tour): void {
  let profile: BrowserContext;
  let page: Page;
  let picture: (n: number) => string;
  const address = () => `${tour().site.url}#/search`;
  const looked = () =>
    page.evaluate(() => {
      const bar = document.querySelector<HTMLElement>('.progress[data-done]');
      return bar?.textContent?.startsWith('Looking') ? Number(bar.dataset['done']) : undefined;
    });
  const summary = () => page.locator('.library p').textContent();
  const firstHit = () => page.locator('.wall[aria-label^="Pictures found"] li').first().textContent();

  beforeAll(async () => {
    picture = await generatePictures(join(tour().root, 'many'), count);
    profile = await tour().site.openProfile();
    page = await tour().site.openPage(profile, { address: address() });
  });
  afterAll(() => profile?.close());

  it('takes a folder of 2,000 pictures in, and the page stays free while 1,000 are looked at', async () => {
    await page.locator('#library').setInputFiles(join(tour().root, 'many'));
    await expect.poll(looked, long).toBeGreaterThan(0);
    expect(await summary()).toContain('2000 in the library');
    await watchFrames(page);
    const from = (await looked()) ?? 0;
    // Words are typed meanwhile, and pictures stream in.
    await page.fill('#words', 'a yellow circle');
    await expect.poll(() => page.locator('[data-account]').textContent(), slow).toMatch(/^All \d+ pictures scored/);
    await page.fill('#words', '');
    await expect.poll(async () => ((await looked()) ?? count) - from, long).toBeGreaterThan(1000);
    const figures: Smoothness = await smoothness(page);
    // Told, not judged: how long a frame takes is the machine's business.
    console.info(`while 1,000 pictures were indexed: ${JSON.stringify(figures)}`);
    expect(figures.frames).toBeGreaterThan(10);
  }, 600_000);

  it('goes on where a page that was closed in the middle left off', async () => {
    const before = (await looked()) ?? 0;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(count);
    await page.close();
    page = await tour().site.openPage(profile, { address: address() });
    // It begins with those that were looked at, not with none.
    await expect.poll(looked, slow).toBeGreaterThanOrEqual(before);
    await expect.poll(looked, long).toBeUndefined();
    await expect.poll(summary, slow).toContain('2000 in the library');
  }, 600_000);

  it('finds in it what is nearest', async () => {
    for (const n of [0, 777, 1999]) {
      await page.setInputFiles('#search-picture', picture(n));
      await expect.poll(firstHit, slow).toContain(String(n).padStart(4, '0'));
    }
    const account = await page.locator('[data-account]').textContent();
    const [, visited, partitions, scored] =
      /^(\d+) of (\d+) partitions visited, (\d+) of 2000/.exec(account ?? '') ?? [];
    expect(Number(partitions)).toBeGreaterThan(10);
    expect(Number(visited)).toBeLessThan(Number(partitions));
    expect(Number(scored)).toBeLessThan(count);
  });

  it('stops and goes on when asked, passes over what is there, and empties', async () => {
    await page.locator('#library').setInputFiles(join(tour().root, 'many'));
    await expect.poll(() => page.locator('.notice p').textContent(), long).toContain('2000 pictures are there already');
    expect(await summary()).toContain('2000 in the library');
    await page.getByRole('button', { name: 'Empty the library …' }).click();
    await page.getByRole('button', { name: 'Empty it' }).click();
    await page.locator('#search-title', { hasText: 'Find a picture' }).waitFor();
    await page.getByRole('button', { name: 'Take the sample library' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Go on' }).click();
    await visit(page, 'Inspect');
    await expect.poll(() => page.locator('.facts dd').first().textContent(), long).toMatch(/^\d+$/);
  }, 600_000);
}
