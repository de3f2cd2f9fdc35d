import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumOptions } from '../../../../scripts/chromium-options.mjs';
import type { Dropped } from '../../test/drop-page.js';
import { type PageServer, servePage } from '../../test/page-server.js';

let root: string;
let server: PageServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin drop '));
  for (const [path, width] of [
    ['albums/cat/a.png', 3],
    ['albums/cat/deep/b.png', 4],
    ['albums/dog/c.png', 5],
    ['albums/dog/.hidden.png', 6],
    ['loose.png', 7],
  ] as const) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await sharp({ create: { width, height: 2, channels: 3, background: '#123' } }).toFile(join(root, path));
  }
  await writeFile(join(root, 'albums/dog/notes.txt'), 'not a picture');
  // More files than a browser lists at once.
  await mkdir(join(root, 'many/x'), { recursive: true });
  const tiny = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  await Promise.all(Array.from({ length: 130 }, (_, i) => writeFile(join(root, `many/x/${i}.png`), tiny)));
  server = await servePage(new URL('../../test/drop-page.ts', import.meta.url), {});
  browser = await chromium.launch(chromiumOptions());
  page = await browser.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => 'waiting' in globalThis);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(root, { recursive: true, force: true });
});

/** Lets go of files and folders over the page, as a hand would. */
async function drop(...paths: string[]): Promise<Dropped> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths.map((path) => join(root, path)), dragOperationsMask: 1 };
  await page.evaluate(() => Object.assign(globalThis, { dropped: undefined }));
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 10, y: 10, data });
  const dropped = await page.waitForFunction(() => (globalThis as { dropped?: Dropped }).dropped);
  return (await dropped.jsonValue()) as Dropped;
}

describe('albums dropped on a page', () => {
  it('are walked through, and labelled by their folders', async () => {
    const pictures = [
      ['cat/a.png', 'cat', 3],
      ['cat/deep/b.png', 'cat', 4],
      ['dog/c.png', 'dog', 5],
    ];
    expect(await drop('albums')).toEqual(pictures);
    expect(await drop('albums/cat', 'albums/dog')).toEqual(pictures);
  });

  it('are listed to their end', async () => {
    const found = await drop('many');
    expect(found).toHaveLength(130);
    expect(new Set((found as Exclude<Dropped, string>).map(([, label]) => label))).toEqual(new Set(['x']));
  });

  it('are asked for when only pictures were dropped', async () => {
    expect(await drop('loose.png')).toBe('EMPTY_ALBUM');
  });
});
