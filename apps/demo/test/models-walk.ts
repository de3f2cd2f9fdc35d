import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { byGraphModel, byIndex, bySavedModel, byTflite } from './in-node.js';
import { answers, best, cards, downloaded, isReady, notice, slow } from './page-actions.js';
import type { Tour } from './tour.js';

/** What two digits on a page may differ from the number in Node: rounding, and decoders of PNG do not differ. */
const twoDigits = 0.0051;

/** A model that is saved, listed, changed, handed on in four formats, opened elsewhere, deleted. */
export function modelsWalk(tour: () => Tour): void {
  let profile: BrowserContext;
  let page: Page;
  let score: number;
  const row = (name: string) => page.locator(`[data-model="${name}"]`);
  const scoreOn = async (on: Page) => Number(await on.locator('.answers li .score').first().textContent());

  beforeAll(async () => {
    profile = await tour().site.openProfile();
    page = await tour().site.openPage(profile);
    await page.setInputFiles('#folder', tour().albums);
    await isReady(page, 8);
    await answers(page, tour().query('old key'), 'old key');
    score = await scoreOn(page);
  });
  afterAll(() => profile?.close());

  it('saves under a name, keeps what has that name, replaces it when asked', async () => {
    const save = page.getByRole('button', { name: 'Save on this device' });
    await page.fill('.save input[name="name"]', ' ');
    expect(await save.isDisabled()).toBe(true);
    await page.fill('.save input[name="name"]', 'Eight');
    await page.fill('.save input[name="author"]', 'A. Tester');
    await page.fill('.save input[name="description"]', 'Eight drawings');
    await save.click();
    await row('Eight').waitFor();
    expect(await row('Eight').textContent()).toMatch(
      /8 labels, 8 pictures, \d+(\.\d)? (kB|MB), by A\. Tester, version 1\.0, Apache-2\.0/,
    );
    await save.click();
    await row('Eight 2').waitFor();
    await page.getByRole('button', { name: 'Replace “Eight”' }).click();
    await expect.poll(() => notice(page), slow).toBe('Eight is saved on this device.');
    expect(await page.locator('[data-model]').count()).toBe(2);
  });

  it('changes what is said about a model, in its file too', async () => {
    await row('Eight 2').getByRole('button', { name: 'Edit …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit Eight 2' });
    await dialog.locator('input[name="name"]').fill('Octet');
    await dialog.locator('input[name="license"]').fill('CC0');
    await dialog.getByRole('button', { name: 'Change' }).click();
    await row('Octet').waitFor();
    expect(await row('Octet').textContent()).toContain('CC0');
    await row('Octet').getByRole('button', { name: 'Open' }).click();
    await expect.poll(() => page.inputValue('.save input[name="license"]'), slow).toBe('CC0');
    expect(await page.inputValue('.save input[name="name"]')).toBe('Octet');
    await expect.poll(() => notice(page), slow).toContain('Octet is open: 8 albums');
  });

  it('deletes after a question, and takes that back', async () => {
    await row('Octet').getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect(await row('Octet').count()).toBe(1);
    await row('Octet').getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.poll(() => row('Octet').count(), slow).toBe(0);
    await page.locator('.notice').getByRole('button', { name: 'Undo' }).click();
    await row('Octet').waitFor();
    await page.reload();
    await page.locator('main[data-ready]').waitFor();
    await row('Octet').waitFor();
    await row('Eight').waitFor();
  });

  const formats = [
    { button: 'nearkin model', ending: '.zip', inNode: bySavedModel, tolerance: twoDigits },
    { button: 'GraphModel', ending: '-graph.zip', inNode: byGraphModel, tolerance: twoDigits },
    { button: 'Index', ending: '.nearkin', inNode: byIndex, tolerance: twoDigits },
    { button: 'TFLite', ending: '.tflite', inNode: byTflite, tolerance: twoDigits },
  ];
  it.each(formats)('exports $ending: Node and a fresh profile answer as this page does', async (format) => {
    const details = page.locator('details', { has: page.locator('.downloads') });
    if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
    await page.fill('.save input[name="name"]', 'Eight');
    const { name, bytes } = await downloaded(page, format.button);
    expect(name).toBe(`Eight${format.ending}`);

    const inNode = await format.inNode(bytes, tour().query('old key'));
    expect(inNode.label).toBe('old key');
    expect(Math.abs(inNode.score - score)).toBeLessThanOrEqual(format.tolerance);

    const other = await tour().site.openProfile();
    const fresh = await tour().site.openPage(other);
    const file = join(tour().root, name);
    await writeFile(file, bytes);
    await fresh.setInputFiles('#import', file);
    await expect.poll(() => cards(fresh), slow).toBe(8);
    await answers(fresh, tour().query('old key'), 'old key');
    expect(await scoreOn(fresh)).toBe(score);
    expect(await fresh.inputValue('#threshold')).toBe(await page.inputValue('#threshold'));
    await other.close();
  });

  it('takes a threshold along that was set by hand', async () => {
    const other = await tour().site.openProfile();
    const [from, to] = [await tour().site.openPage(other), await tour().site.openPage(await tour().site.openProfile())];
    await from.setInputFiles('#folder', tour().albums);
    await isReady(from, 8);
    await from.fill('#threshold', '0.83');
    await from.locator('summary', { hasText: 'Export' }).click();
    const { path } = await downloaded(from, 'TFLite');
    await to.setInputFiles('#import', { name: 'By hand.tflite', mimeType: '', buffer: await readFile(path) });
    await expect.poll(() => cards(to), slow).toBe(8);
    expect(await to.inputValue('#threshold')).toBe('0.83');
    await Promise.all([other.close(), to.context().close()]);
  });

  it('hands a model to other programs where the device can do that', async () => {
    const other = await tour().site.openProfile();
    await other.addInitScript(() => {
      const shared: unknown[] = [];
      Object.assign(window, { shared });
      navigator.canShare = ({ files = [] } = {}) => files.every(({ name }) => /\.(zip|tflite)$/.test(name));
      navigator.share = async ({ files = [] } = {}) => {
        for (const file of files) shared.push([file.name, file.type, (await file.text()).slice(0, 8).includes('PK')]);
        if (shared.length > 1) throw new DOMException('closed', 'AbortError');
      };
    });
    const on = await tour().site.openPage(other);
    await on.setInputFiles('#folder', tour().albums);
    await isReady(on, 8);
    await on.getByRole('button', { name: 'Save on this device' }).click();
    await on.locator('[data-model]').getByRole('button', { name: 'Share …' }).click();
    const shared = () => on.evaluate(() => (window as unknown as { shared: unknown[] }).shared);
    await expect.poll(shared, slow).toEqual([['My albums.zip', 'application/zip', true]]);
    await on.locator('summary', { hasText: 'Export' }).click();
    expect(await on.getByRole('button', { name: 'Share as Index' }).count()).toBe(0);
    await on.getByRole('button', { name: 'Share as TFLite' }).click();
    await expect
      .poll(async () => (await shared()).at(-1), slow)
      .toEqual(['My albums.tflite', 'application/octet-stream', false]);
    // Closing the sheet is no trouble.
    expect(await on.locator('.notice.trouble').count()).toBe(0);
    await other.close();
  });

  it('refuses files that are no models, and goes on', async () => {
    for (const [name, content] of [
      ['notes.zip', 'no zip at all'],
      ['short.zip', 'PK\u0003\u0004'],
      ['short.tflite', '\u0000\u0000\u0000\u0000TFL3'],
      ['short.nearkin', ''],
    ] as const) {
      await page.setInputFiles('#import', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
      await page.locator('.notice.trouble').waitFor();
      expect((await notice(page))?.length).toBeGreaterThan(20);
      await page.locator('.notice').getByRole('button', { name: 'Close' }).click();
    }
    expect(await cards(page)).toBe(8);
    await answers(page, tour().query('green circle'), 'green circle');
    expect(await best(page)).toBe('green circle');
  });
}
