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
      await page.waitForTimeout(1500);
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

const map = await openPage();
await map.getByRole('button', { name: 'Try five themes' }).click();
await map.locator('[data-lesson]').waitFor();
await map.setInputFiles('#query', join(folder, 'queries', 'spider', 'twemoji.png'));
await map.locator('.best').waitFor();
await visit(map, 'Map');
await map.locator('canvas').waitFor();
await map.locator('.signs', { hasText: 'nearer to another album' }).waitFor();
await shoot(map, 'map');
await map.context().close();

const page = await openPage();
await visit(page, 'Search');
await page.getByRole('button', { name: 'Take the sample library' }).click();
await page.locator('.progress').waitFor();
await settled(page);
await page.fill('#words', 'a cat with heart eyes');
await page.locator('[data-account="a cat with heart eyes"]', { hasText: 'partitions visited' }).waitFor();
await page.locator('.wall img').nth(12).waitFor();
await shoot(page, 'search');
for (const label of ['lemon', 'spider', 'fish', 'balloon']) {
  await page.setInputFiles('#search-picture', join(folder, 'queries', label, 'twemoji.png'));
  await page.locator('.wall li', { hasText: label }).first().waitFor();
}
await visit(page, 'Teach');
await page.getByRole('button', { name: 'Try five themes' }).click();
await page.locator('[data-lesson]').waitFor();
for (const label of ['lemon', 'spider', 'fish', 'balloon']) {
  await page.setInputFiles('#query', join(folder, 'queries', label, 'twemoji.png'));
  await page.locator('.best').waitFor();
}
await visit(page, 'Inspect');
await page.locator('#partitions').waitFor();
await page.waitForFunction(() => /%/.test(document.querySelector('[data-recall]')?.textContent ?? ''));
await page.locator('[data-loo]').waitFor();
await shoot(page, 'inspect');
await page.locator('.base').click();
await shoot(page, 'base-model');
await browser.close();
await close();
console.log(`Pictures of every view are in ${out}.`);
