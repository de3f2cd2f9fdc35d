// Every view on a phone and a desk, light and dark, as the docs show them: `pnpm screenshots [BUILT FOLDER]`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareAlbums } from '@nearkin/samples/prepare.mjs';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { chromiumOptions } from '../../../scripts/chromium-options.mjs';
import { serveFolder } from '../../../scripts/serve-folder.mjs';

const [built = join(import.meta.dirname, '../dist')] = process.argv.slice(2);
const out = join(import.meta.dirname, '../../../docs/start/demo');
const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };
const patience = 180_000;

await mkdir(out, { recursive: true });
const { folder } = await prepareAlbums();
const { address, close } = await serveFolder(built);
const browser = await chromium.launch(
  chromiumOptions(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']),
);

async function openPage() {
  const profile = await browser.newContext({
    deviceScaleFactor: 1.5,
    reducedMotion: 'reduce',
    viewport: sizes.desktop,
  });
  profile.setDefaultTimeout(patience);
  const page = await profile.newPage();
  await page.goto(address);
  await page.locator('main[data-ready]').waitFor();
  const start = page.getByRole('button', { name: 'Get started' });
  if (await start.count()) await start.click();
  return page;
}

const visit = (page, view) => page.locator('nav a', { hasText: view }).click();
const settled = (page) => page.waitForFunction(() => !document.querySelector('.progress'), null, { timeout: patience });

/** Both sizes in both themes of what is on the page now. */
async function shoot(page, name, prepare = async () => {}) {
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    await prepare(size);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.mouse.move(1, 1);
      await page.evaluate(() => scrollTo(0, 0));
      // Pictures that are loaded when they are seen, and maps that are drawn when they have a size.
      await page.waitForTimeout(700);
      const png = await page.screenshot();
      const width = size === 'desktop' ? 1280 : 585;
      await sharp(png)
        .resize({ width })
        .webp({ quality: 80, effort: 6 })
        .toFile(join(out, `${name}-${size}-${colorScheme}.webp`));
    }
  }
  await page.setViewportSize(sizes.desktop);
}

const teach = await openPage();
await teach.getByRole('button', { name: 'Try twelve drawings' }).click();
await teach.locator('[data-lesson]').waitFor();
await teach.setInputFiles('#query', join(folder, 'queries', 'lemon', 'twemoji.png'));
await teach.locator('.best').waitFor();
await teach
  .getByRole('button', { name: 'Close' })
  .first()
  .click({ timeout: 1000 })
  .catch(() => {});
await shoot(teach, 'teach');
await teach.context().close();

const page = await openPage();
await page.getByRole('button', { name: 'Try five themes' }).click();
await page.locator('[data-lesson]').waitFor();
await visit(page, 'Search');
await page.getByRole('button', { name: 'Take the sample library' }).click();
await page.locator('.progress').waitFor();
await settled(page);
await page.fill('#words', 'something yellow');
await page.waitForFunction(() =>
  / partitions visited/.test(document.querySelector('[data-account]')?.textContent ?? ''),
);
await page.locator('.wall img').nth(12).waitFor();
await shoot(page, 'search');
await visit(page, 'Map');
await page.locator('canvas').waitFor();
await page.waitForTimeout(5000);
await shoot(page, 'map');
await visit(page, 'Inspect');
await page.locator('#partitions').waitFor();
await page.waitForFunction(() => /%/.test(document.querySelector('[data-recall]')?.textContent ?? ''));
await shoot(page, 'inspect');
await page.locator('.base').click();
await shoot(page, 'base-model');
await browser.close();
await close();
console.log(`Pictures of every view are in ${out}.`);
