import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { best, isReady, slow, violations, visit } from './page-actions.js';
import type { Tour } from './tour.js';

const views = ['Teach', 'Search', 'Map', 'Inspect'] as const;

/** Every view with something in it, as eyes, ears and hands of all kinds meet it. */
export function looksWalk(tour: () => Tour): void {
  let profile: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    profile = await tour().site.openProfile();
    page = await tour().site.openPage(profile);
  });
  afterAll(() => profile?.close());

  it('begins with sixty pictures and a question', async () => {
    await page.getByRole('button', { name: 'Try five themes' }).click();
    await isReady(page, 60);
    await page.setInputFiles('#query', tour().query('lemon'));
    await expect.poll(() => best(page), slow).not.toBeNull();
  });

  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  it('has nothing that axe objects to, on a phone and a desk, in both themes, with the chooser open too', async () => {
    for (const view of views) {
      await visit(page, view);
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await expect
            .poll(() => page.evaluate(() => document.documentElement.dataset['theme']), slow)
            .toBe(colorScheme);
          expect(await violations(page), `${view} at ${width} in ${colorScheme}`).toEqual([]);
        }
      }
    }
    await page.locator('.base').click();
    await page.locator('summary', { hasText: 'A model from the web' }).click();
    const found = await violations(page);
    await page.keyboard.press('Escape');
    expect(found, 'chooser').toEqual([]);
  });

  it('marks doubtful pictures on the map, and goes on doing so when the last picture is drawn', async () => {
    await visit(page, 'Map');
    await page.locator('.signs', { hasText: 'nearer to another album' }).waitFor(slow);
    const red = () =>
      page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
        const of = getComputedStyle(canvas).getPropertyValue('--danger').trim();
        const one = new OffscreenCanvas(1, 1).getContext('2d')!;
        one.fillStyle = of;
        one.fillRect(0, 0, 1, 1);
        const [r, g, b] = one.getImageData(0, 0, 1, 1).data;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        let found = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) found++;
        return found;
      });
    // Twenty rounds of 16 pixels across, some over one another, each with a sign on it.
    await expect.poll(red, slow).toBeGreaterThan(1000);
    await page.waitForTimeout(1000);
    expect(await red()).toBeGreaterThan(1000);
  });

  it('fits from 360 pixels to 4K', async () => {
    for (const width of [360, 768, 1280, 1920, 3840]) {
      await page.setViewportSize({ width, height: width === 360 ? 740 : Math.round((width * 9) / 16) });
      for (const view of views) {
        await visit(page, view);
        expect(await overflow(), `${view} at ${width}`).toBeLessThanOrEqual(0);
      }
      const text = await page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
      expect(text).toBeGreaterThanOrEqual(width === 3840 ? 20 : 16);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('moves nothing for those who asked for that', async () => {
    for (const view of views) {
      await visit(page, view);
      const moving = await page.evaluate(
        () =>
          [...document.querySelectorAll('*')].filter((element) => {
            const { animationName, transitionDuration } = getComputedStyle(element);
            return animationName !== 'none' || transitionDuration.split(', ').some((time) => time !== '0s');
          }).length,
      );
      expect(moving, view).toBe(0);
      expect(await page.evaluate(() => document.getAnimations().length), view).toBe(0);
    }
  });

  it('can be used without a pointer', async () => {
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: on } = document;
        return on?.getAttribute('aria-label') ?? on?.textContent?.trim() ?? '';
      });
    const tabTo = async (wanted: RegExp, most = 60) => {
      for (let i = 0; i < most; i++) {
        await page.keyboard.press('Tab');
        if (wanted.test(await focused())) return;
      }
      throw new Error(`Nothing with ${wanted} was reached in ${most} steps.`);
    };
    await visit(page, 'Teach');
    // Tab goes on from where the last click was; a page that just came begins at its top.
    await page.reload();
    await page.locator('main[data-ready]').waitFor();
    // Words are asked for as soon as the base model says that it knows some.
    await expect.poll(() => page.locator('.base-name').textContent(), slow).toBe('Starter');
    await tabTo(/^Search$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.title(), slow).toContain('Search');
    // The view is where the focus is now: what is typed next goes into it.
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('words');
    await page.keyboard.type('a red circle');
    // Answers to the first letters come too; the last ones take their place.
    await page.locator('[data-account="a red circle"]').waitFor(slow);
    await tabTo(/^More like/);
    await page.keyboard.press('Enter');
    await page.getByAltText('What was asked with').waitFor();
    await page.goto(`${tour().site.url}#/map`);
    await page.locator('canvas').waitFor(slow);
    await tabTo(/^Map of the gallery/);
    for (const key of ['n', 'n', 'p', '+', 'ArrowLeft', '0']) await page.keyboard.press(key);
    await page.locator('.picked').waitFor();
    await tabTo(/^The same as a table/);
    await page.keyboard.press('Enter');
    await page.locator('.table tbody tr').first().waitFor();
    // A focus that cannot be seen helps nobody.
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe('solid');
  });

  it('speaks of a live camera once for each answer, and at most once a second', async () => {
    await visit(page, 'Teach');
    await page.evaluate(() => {
      const spoken: string[] = [];
      (window as unknown as { spoken: string[] }).spoken = spoken;
      const status = document.querySelector('p[role=status]')!;
      new MutationObserver(() => spoken.push(status.textContent ?? '')).observe(status, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await page.getByRole('button', { name: 'Use the camera' }).click();
    await expect.poll(() => page.locator('.rate').textContent(), slow).toMatch(/\d/);
    await page.waitForTimeout(3000);
    const spoken = await page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
    expect(spoken.length).toBeLessThanOrEqual(5);
    for (const [i, text] of spoken.entries()) expect(text).not.toBe(spoken[i - 1]);
    console.info(`camera: ${await page.locator('.rate').textContent()}`);
    await page.getByRole('button', { name: 'Stop the camera' }).click();
  });

  it('paints before any engine is there', async () => {
    const early = await tour().site.openProfile({ serviceWorkers: 'block' });
    // Engines never come: their workers are asked for and not answered.
    await early.route(/worker/, () => {});
    const first = await tour().site.openPage(early, { ready: false });
    await first.getByRole('heading', { level: 1 }).waitFor();
    await expect
      .poll(() => first.evaluate(() => performance.getEntriesByName('first-contentful-paint').length), slow)
      .toBe(1);
    expect(await first.locator('nav a').count()).toBe(4);
    await early.close();
  });
}
