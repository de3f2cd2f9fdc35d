import { randomBytes } from 'node:crypto';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answers, cards, downloaded, isReady, notice, slow } from './page-actions.js';
import type { Tour } from './tour.js';

/** Browser storage that fills up, and has room again. */
export function storageWalk(tour: () => Tour): void {
  let profile: BrowserContext;
  let page: Page;
  let session: CDPSession;
  beforeAll(async () => {
    // The page itself is not kept here: what fills the room are pictures alone.
    profile = await tour().site.openProfile({ serviceWorkers: 'block' });
    session = await profile.newCDPSession(await profile.newPage());
    // Before anything is kept: Chromium remembers for half a minute how much room a page's databases had.
    await quota(room);
    page = await tour().site.openPage(profile);
    await page.setInputFiles('#folder', tour().albums);
    await isReady(page, 8);
  });
  afterAll(() => profile?.close());

  /** Enough for eight drawings, too little for noise. */
  const room = 500_000;
  const quota = (quotaSize: number | undefined) =>
    session.send('Storage.overrideQuotaForOrigin', {
      origin: new URL(tour().site.url).origin,
      ...(quotaSize === undefined ? {} : { quotaSize }),
    });

  it('says that storage is full, goes on, and loses nothing', async () => {
    await page.locator('footer', { hasText: 'are kept in this browser' }).waitFor();
    const noise = await sharp(randomBytes(3 * 400 * 400), { raw: { width: 400, height: 400, channels: 3 } })
      .png()
      .toBuffer();
    await page.fill('#album-name', 'noise');
    await page.setInputFiles('#album-pictures', { name: 'noise.png', mimeType: 'image/png', buffer: noise });
    await expect.poll(() => notice(page), slow).toContain('Storage is full: one picture is not kept');
    expect(await cards(page)).toBe(9);
    await answers(page, tour().query('old key'), 'old key');
    await page.locator('footer', { hasText: 'Missing here:' }).waitFor();
    const second = await tour().site.openPage(profile);
    expect(await cards(second)).toBe(8);
    await second.close();
  });

  it('takes as many pictures into the library as there is room for, and says how many', async () => {
    const other = await tour().site.openProfile({ serviceWorkers: 'block' });
    const on = await other.newCDPSession(await other.newPage());
    const { origin } = new URL(tour().site.url);
    await on.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: room });
    const library = await tour().site.openPage(other, { address: `${tour().site.url}#/search` });
    await library.getByRole('button', { name: 'Take the sample library' }).click();
    await library.locator('.notice.trouble').waitFor(slow);
    const said = /^Storage is full: (\d+) pictures are in the library, the others found no room/;
    const kept = Number(said.exec((await notice(library)) ?? '')?.[1]);
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThan(297);
    // What is there can be searched, and is there at the next visit.
    await expect.poll(() => library.locator('.library p').textContent(), slow).toContain(`${kept} in the library`);
    await library.fill('#words', 'a heart');
    await library.locator('.wall[aria-label^="Pictures found"] li').first().waitFor(slow);
    await library.reload();
    await expect.poll(() => library.locator('.library p').textContent(), slow).toContain(`${kept} in the library`);
    await other.close();
  });

  it('does not save a model into a full storage, but hands it over', async () => {
    await page.getByRole('button', { name: 'Save on this device' }).click();
    await expect.poll(() => notice(page), slow).toContain('Storage is full: My albums was not saved');
    const { name, bytes } = await downloaded(page, 'Download it');
    expect(name).toBe('My albums.zip');
    expect(bytes.length).toBeGreaterThan(100_000);
    expect(await page.locator('[data-model]').count()).toBe(0);
  });

  it('keeps all of it as soon as there is room', async () => {
    await quota(undefined);
    await page.getByRole('button', { name: 'Remove noto.png from spider' }).click();
    await expect.poll(() => notice(page), slow).toContain('There is room again');
    await page.reload();
    await page.locator('main[data-ready]').waitFor();
    expect(await cards(page)).toBe(8);
    expect(await page.locator('.card[data-album="noise"]').count()).toBe(1);
  });
}
