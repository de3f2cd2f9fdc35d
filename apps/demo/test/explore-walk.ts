import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { slow, violations, visit } from './page-actions.js';
import type { Tour } from './tour.js';

/** Search, Map and Inspect, and every view as eyes and hands of all kinds meet it. */
export function exploreWalk(tour: () => Tour): void {
  let profile: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    profile = await tour().site.openProfile();
    page = await tour().site.openPage(profile);
  });
  afterAll(() => profile?.close());

  it('goes on with the library where a closed tab left off, and searches it by a picture', async () => {
    await visit(page, 'Search');
    await page.getByRole('button', { name: 'Take the sample library' }).click();
    // They are taken in first, then looked at: from here on nothing of them can be lost.
    await page.locator('.progress', { hasText: 'Looking at the library' }).waitFor();
    await page.close();
    page = await tour().site.openPage(profile, { address: `${tour().site.url}#/search` });
    await expect.poll(() => page.locator('.library p').textContent(), slow).toContain('297 pictures');
    // The drawing itself: what is nearest to it is known without asking the page.
    await page.setInputFiles('#search-picture', tour().drawing('lemon'));
    await expect
      .poll(() => page.locator('[data-account]').textContent(), slow)
      .toMatch(/^\d+ of \d+ partitions visited, \d+ of 297 pictures scored/);
    await expect.poll(() => page.locator('.wall li').first().textContent(), slow).toContain('lemon');
    await page.getByRole('button', { name: 'More like lemon' }).first().click();
    await expect.poll(() => page.locator('.account .thumb').getAttribute('alt'), slow).toBe('What was asked with');
    expect(await page.locator('.wall li').count()).toBe(24);
  });

  it('maps the gallery, in a picture and in words', async () => {
    await visit(page, 'Map');
    await page.locator('canvas').waitFor(slow);
    await page.locator('summary', { hasText: 'The same as a table' }).click();
    await expect.poll(() => page.locator('.table tbody tr').count(), slow).toBe(297);
    await page.locator('canvas').focus();
    await page.keyboard.press('n');
    await expect.poll(() => page.locator('.picked').count(), slow).toBe(1);
    const picked = await page.locator('.picked img').getAttribute('alt');
    await expect.poll(() => page.locator('p[role=status]').textContent(), slow).toBe(`library: ${picked}`);
    await page.getByRole('button', { name: 'UMAP' }).click();
    await expect
      .poll(() => page.getByRole('button', { name: 'UMAP', exact: true }).getAttribute('aria-pressed'), slow)
      .toBe('true');
  });

  it('has the last question as a star, wherever it was asked', async () => {
    const near = () => page.locator('.table tr', { hasText: 'near the question' }).locator('th').allTextContents();
    await visit(page, 'Teach');
    await page.setInputFiles('#query', tour().drawing('spider'));
    await visit(page, 'Map');
    await page.locator('summary', { hasText: 'The same as a table' }).click();
    await expect.poll(near, slow).toContain('spider.png');
    expect((await near()).length).toBe(5);
    await visit(page, 'Search');
    await page.setInputFiles('#search-picture', tour().drawing('fish'));
    await expect.poll(() => page.locator('.wall li').first().textContent(), slow).toContain('fish');
    await visit(page, 'Map');
    await page.locator('summary', { hasText: 'The same as a table' }).click();
    await expect.poll(near, slow).toContain('fish.png');
    expect((await near()).length).toBe(5);
  });

  it('measures recall as the partitions are turned down', async () => {
    await visit(page, 'Inspect');
    const recall = async () => Number.parseFloat((await page.locator('[data-recall]').textContent()) ?? '');
    const all = await page.locator('#partitions').getAttribute('max');
    await page.fill('#partitions', all!);
    await expect.poll(recall, slow).toBeGreaterThan(90);
    await page.fill('#partitions', '1');
    await expect.poll(recall, slow).toBeLessThan(90);
  });

  it('is accessible in every view and both themes, and fits a phone', async () => {
    for (const view of ['Teach', 'Search', 'Map', 'Inspect']) {
      await visit(page, view);
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await expect
            .poll(() => page.evaluate(() => document.documentElement.dataset['theme']), slow)
            .toBe(colorScheme);
          if (width === 1280) expect(await violations(page), `${view} ${colorScheme}`).toEqual([]);
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth), view).toBeLessThanOrEqual(width);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });
}
