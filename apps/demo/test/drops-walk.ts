import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drop, notice, slow } from './page-actions.js';
import type { Tour } from './tour.js';

/** What is let go over Search: a folder, pictures, a picture, what is none. */
export function dropsWalk(tour: () => Tour): void {
  let profile: BrowserContext;
  let page: Page;
  let folder: string;
  const summary = () => page.locator('.library p').textContent();
  const shown = () => page.locator('.wall li').allTextContents();

  beforeAll(async () => {
    const { site, root, drawing } = tour();
    folder = join(root, 'dropped');
    for (const [label, inside] of [
      ['lemon', '.'],
      ['spider', 'deep/down'],
      ['fish', 'deep'],
    ] as const) {
      await mkdir(join(folder, inside), { recursive: true });
      await cp(drawing(label), join(folder, inside, `${label}.png`));
    }
    await writeFile(join(folder, 'deep', 'notes.txt'), 'no picture');
    profile = await site.openProfile();
    page = await site.openPage(profile, { address: `${site.url}#/search` });
  });
  afterAll(() => profile?.close());

  it('takes a folder into the library, pictures of its folders too', async () => {
    await page.getByRole('heading', { name: 'Find a picture by words, or by a picture' }).waitFor();
    await drop(page, [folder], '#search-title');
    await expect.poll(summary, slow).toContain('3 in the library');
    await expect
      .poll(async () => (await shown()).sort().map((text) => text.replace('More like ', '')), slow)
      .toEqual(['fish', 'lemon', 'spider']);
  });

  it('takes several pictures into the library, and a single one as a question', async () => {
    const { drawing, query, root } = tour();
    for (const label of ['balloon', 'old key']) await cp(drawing(label), join(root, `${label}.png`));
    await drop(page, [join(root, 'balloon.png'), join(root, 'old key.png')], '#search-title');
    await expect.poll(summary, slow).toContain('5 in the library');
    await drop(page, [query('old key')], '#search-title');
    await page.getByAltText('What was asked with').waitFor(slow);
    await expect.poll(async () => (await shown())[0], slow).toContain('old key');
    await expect.poll(() => page.locator('[data-account]').textContent(), slow).toMatch(/^All 5 pictures scored/);
    expect(await summary()).toContain('5 in the library');
  });

  it('says so when there is no picture in what was dropped', async () => {
    await drop(page, [join(folder, 'deep', 'notes.txt')], '#search-title');
    await expect.poll(() => notice(page), slow).toBe('That is not a picture.');
    const empty = join(tour().root, 'empty');
    await mkdir(empty);
    await drop(page, [empty], '#search-title');
    await expect.poll(() => notice(page), slow).toBe('No pictures were found there.');
    expect(await summary()).toContain('5 in the library');
  });
}
