import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Looking at pictures takes its time on a busy machine. */
export const slow = { timeout: 120_000, interval: 100 };

export const best = (page: Page) => page.locator('.best').getAttribute('data-label');
export const cards = (page: Page) => page.locator('.card[data-album]').count();
export const notice = (page: Page) => page.locator('.notice p').textContent();
/** Waits until the albums are learnt. */
export async function isReady(page: Page, pictures: number): Promise<void> {
  const hasText = new RegExp(`^Ready in [\\d.]+ s, ${pictures} pictures?, 0 training steps$`);
  await page.locator('[data-lesson]', { hasText }).waitFor(slow);
}

export async function visit(page: Page, view: string): Promise<void> {
  await page.locator('nav a', { hasText: view }).click();
  await expect.poll(() => page.title(), slow).toContain(view);
}

/** Asks about a picture, and waits until the answer is that label. */
export async function answers(page: Page, picture: string, label: string): Promise<void> {
  await page.setInputFiles('#query', picture);
  await page.locator(`.best[data-label=${JSON.stringify(label)}]`).waitFor(slow);
}

/** Files and folders of this machine, let go over an element. */
export async function drop(page: Page, paths: readonly string[], over: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const target = page.locator(over);
  await target.scrollIntoViewIfNeeded();
  const box = (await target.boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + Math.min(40, box.height / 2) };
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  await session.detach();
}

/** The bytes that a click offers for download, and the name they come with. */
export async function downloaded(
  page: Page,
  button: string,
): Promise<{ name: string; bytes: Uint8Array; path: string }> {
  const coming = page.waitForEvent('download', { timeout: 60_000 });
  await page.getByRole('button', { name: button, exact: true }).click();
  const download = await coming;
  const path = await download.path();
  return { name: download.suggestedFilename(), bytes: new Uint8Array(await readFile(path)), path };
}

/** What axe finds in the page as it is. */
export async function violations(page: Page): Promise<unknown[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await checker.run()).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
  });
}
