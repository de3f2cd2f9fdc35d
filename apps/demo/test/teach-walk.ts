import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answers, best, cards, drop, isReady, notice, slow, violations } from './page-actions.js';
import type { Tour } from './tour.js';

/** From the first visit to a classifier that is edited, asked and filmed. */
export function teachWalk(tour: () => Tour): void {
  let profile: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    profile = await tour().site.openProfile();
    page = await tour().site.openPage(profile);
  });
  afterAll(() => profile?.close());

  it('says once what it is for, and again when asked', async () => {
    await page.getByText('not made to recognise people').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Get started' }).click();
    await page.reload();
    await page.locator('main[data-ready]').waitFor();
    expect(await page.locator('.welcome').count()).toBe(0);
    await page.getByRole('button', { name: 'What this page is for' }).click();
    await page.getByRole('button', { name: 'Get started' }).click();
    expect(await page.locator('.welcome').count()).toBe(0);
  });

  it('learns a folder of albums that is dropped, without training', async () => {
    await drop(page, [tour().albums], '.albums h1');
    await isReady(page, 8);
    expect(await cards(page)).toBe(8);
    // Again, album by album: what is there already is passed over.
    await drop(page, [join(tour().albums, 'lemon'), join(tour().albums, 'fish')], '.albums h1');
    await expect.poll(() => notice(page), slow).toBe('2 pictures are there already.');
    expect(await cards(page)).toBe(8);
  });

  it('adds pictures to the album that they are dropped on, or to a new one with a name', async () => {
    const { drawing } = tour();
    await drop(page, [drawing('skis'), drawing('crayon')], '.card[data-album="lemon"]');
    await isReady(page, 10);
    expect(await page.locator('.card[data-album="lemon"] .strip li').count()).toBe(3);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await drop(page, [drawing('skis')], '.card.new');
    await page.locator('#album-trouble', { hasText: 'An album needs a name.' }).waitFor();
    await page.fill('#album-name', 'skis');
    await drop(page, [drawing('skis')], '.card.new');
    await expect.poll(() => cards(page), slow).toBe(9);
    // A folder is an album of its own, wherever it is let go.
    await drop(page, [join(tour().root, 'samples/gallery/crayon')], '.card[data-album="lemon"]');
    await expect.poll(() => cards(page), slow).toBe(10);
    for (const left of [9, 8]) {
      await page.getByRole('button', { name: 'Undo', exact: true }).click();
      await expect.poll(() => cards(page), slow).toBe(left);
    }
    expect(await page.locator('.card[data-album="lemon"] .strip li').count()).toBe(1);
  });

  it('stays where it is when something is dropped that it cannot take, or beside all targets', async () => {
    const address = page.url();
    await drop(page, [tour().drawing('skis')], '.albums h1');
    await expect.poll(() => notice(page), slow).toContain('No album was found there');
    const text = join(tour().root, 'notes.txt');
    await writeFile(text, 'no picture');
    await drop(page, [text], '#drop');
    await expect.poll(() => notice(page), slow).toBe('That is not a picture.');
    await drop(page, [tour().drawing('lemon')], 'footer');
    expect(page.url()).toBe(address);
    expect(await cards(page)).toBe(8);
  });

  it('answers with the picture that decided, and with three bars', async () => {
    for (const label of ['old key', 'green circle', 'grinning face']) {
      await answers(page, tour().query(label), label);
      expect(await page.locator('.decided img').getAttribute('alt')).toBe(
        `The picture that decided: ${label}/noto.png`,
      );
    }
    const list = page.locator('.answers li');
    expect(await list.count()).toBe(3);
    const scores = await list.locator('.score').allTextContents();
    for (const score of scores) expect(score).toMatch(/^-?[01]\.\d\d$/);
    expect([...scores].sort((a, b) => Number(b) - Number(a))).toEqual(scores);
    await drop(page, [tour().query('old key')], '#drop');
    await expect.poll(() => best(page), slow).toBe('old key');
  });

  it('calls unknown what is like none of the albums, by a threshold that the albums gave', async () => {
    expect(await page.locator('[data-calibrated]').getAttribute('data-calibrated')).toBe('far');
    const calibrated = await page.inputValue('#threshold');
    await answers(page, tour().query('skis'), 'unknown');
    await page.fill('#threshold', '0');
    await expect.poll(() => best(page), slow).not.toBe('unknown');
    await page.fill('#threshold', '1');
    await expect.poll(() => best(page), slow).toBe('unknown');
    await page.getByRole('button', { name: 'Calibrate on the albums again' }).click();
    expect(await page.inputValue('#threshold')).toBe(calibrated);
  });

  it('renames, refuses a name that is taken, removes a picture, takes it all back', async () => {
    const name = page.locator('.card[data-album="old key"] .name');
    await name.fill('spider');
    await name.press('Enter');
    await expect.poll(() => notice(page), slow).toContain('There is an album “spider” already');
    await name.fill('key');
    await name.press('Enter');
    await answers(page, tour().query('old key'), 'key');
    await page.getByRole('button', { name: 'Remove noto.png from spider' }).click();
    await expect.poll(() => cards(page), slow).toBe(7);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect.poll(() => cards(page), slow).toBe(8);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect.poll(() => best(page), slow).toBe('old key');
  });

  it('leaves out what is no picture, and says which', async () => {
    const broken = join(tour().root, 'broken.png');
    await writeFile(broken, 'not a picture');
    await page.fill('#album-name', 'noise');
    await page.setInputFiles('#album-pictures', broken);
    await expect.poll(() => notice(page), slow).toContain('broken.png is not a picture');
    expect(await cards(page)).toBe(8);
  });

  it('recognises what the camera shows, and takes pictures while a button is held', async () => {
    await page.getByRole('button', { name: 'Use the camera' }).click();
    await page.locator('video').waitFor();
    await expect.poll(() => best(page), slow).toBe('old key');
    await expect.poll(() => page.locator('.rate').textContent(), slow).toMatch(/^\d+(\.\d)? \/ s$/);
    await page.fill('#album-name', 'seen');
    const hold = page.getByRole('button', { name: 'Hold to take pictures for seen' });
    await hold.focus();
    await page.keyboard.down(' ');
    await expect.poll(async () => Number(await hold.getAttribute('data-taken')), slow).toBeGreaterThan(1);
    await page.keyboard.up(' ');
    await expect.poll(() => best(page), slow).toBe('seen');
    expect(await page.locator('.card[data-album="seen"] li').count()).toBeGreaterThanOrEqual(2);
    // Two pictures of one album: now right and wrong answers are known.
    expect(await page.locator('[data-calibrated]').getAttribute('data-calibrated')).toBe('f1');
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect.poll(() => best(page), slow).toBe('old key');
    await page.getByRole('button', { name: 'Stop the camera' }).click();
    expect(await page.locator('video').count()).toBe(0);
  });

  it('keeps everything across a reload', async () => {
    await page.fill('#threshold', '0.33');
    await page.reload();
    await page.locator('main[data-ready]').waitFor();
    expect(await cards(page)).toBe(8);
    await answers(page, tour().query('old key'), 'old key');
    expect(await page.inputValue('#threshold')).toBe('0.33');
  });
}
