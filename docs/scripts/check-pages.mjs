// Opens every page of the built site in Chromium, phone and desktop, light and dark: no errors, nothing wider than the
// screen, figures that answer, and on the main pages no fault that axe finds. `--only /concepts/splits,…` looks at these
// pages alone, as closely as at main ones; `--shots FOLDER` keeps pictures of what was looked at closely.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { chromiumOptions } from '../../scripts/chromium-options.mjs';
import { serveSite } from './serve-site.mjs';

const { values } = parseArgs({ options: { shots: { type: 'string' }, only: { type: 'string' } } });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const mainPages = [
  '/',
  '/start/',
  '/start/classifier-node',
  '/tutorials/products',
  '/tutorials/train-on-albums',
  '/tutorials/from-scann',
  '/tutorials/serve',
  '/concepts/anisotropic',
  '/concepts/partitions-codes-reorder',
  '/concepts/retrieval-layers',
  '/reference/errors',
  '/packages/evaluation',
  '/benchmarks/search',
  '/benchmarks/losses',
  '/glossary',
];
const screens = { phone: { width: 375, height: 812 }, desktop: { width: 1440, height: 900 } };

const { url, pages: all, close } = await serveSite();
const only = values.only?.split(',');
const main = only ?? mainPages;
const pages = only ? all.filter((path) => only.includes(path)) : all;
const browser = await chromium.launch(chromiumOptions());
const faults = [];
if (values.shots) mkdirSync(values.shots, { recursive: true });

// A width each core: the walks share one browser and wait for nothing of each other.
await Promise.all(Object.entries(screens).map(walk));
await browser.close();
close();

/** Every page once in each width, loaded as a reader loads it; main pages in the dark too, as when the evening comes. */
async function walk([screen, viewport]) {
  const context = await browser.newContext({ viewport, colorScheme: 'light', reducedMotion: 'reduce' });
  const page = await context.newPage();
  let theme = 'light';
  const place = () => `${new URL(page.url()).pathname} (${screen}, ${theme})`;
  page.on('pageerror', (error) => faults.push(`${place()}: ${error}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`${place()}: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${place()}: ${response.status()} ${response.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
      faults.push(`${place()}: asks ${request.url()}`);
  });
  for (const path of pages) {
    await page.goto(url + path);
    await page.locator('h1').first().waitFor();
    for (theme of main.includes(path) ? ['light', 'dark'] : ['light']) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForFunction(
        (dark) => document.documentElement.classList.contains('dark') === dark,
        theme === 'dark',
      );
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (wide > 0) faults.push(`${place()}: ${wide} pixels wider than the screen`);
      for (const figure of await page.locator('figure.live').all()) await tryFigure(figure, place());
      if (main.includes(path)) await askAxe(page, place());
      if (values.shots && main.includes(path))
        await page.screenshot({
          fullPage: true,
          path: join(values.shots, `${path.replaceAll('/', '_')}-${screen}-${theme}.png`),
        });
    }
    if (theme === 'dark') await page.emulateMedia({ colorScheme: 'light' });
  }
  await context.close();
}

async function askAxe(page, where) {
  await page.evaluate(`globalThis.axe || (() => { ${axe} })()`);
  const found = await page.evaluate(async () => (await globalThis.axe.run({ resultTypes: ['violations'] })).violations);
  for (const { id, nodes } of found) {
    const places = nodes.slice(0, 3).map(({ html }) => html.slice(0, 200));
    faults.push(`${where}: ${id}: ${places.join(' | ')}`);
  }
}

/** A figure that answers has to say something else after its first control has moved. */
async function tryFigure(figure, where) {
  const control = figure.locator('input[type="range"]').first();
  await figure.locator('input[type="range"]:enabled').first().waitFor();
  const before = await figure.locator('.said').textContent();
  const [most, now] = [Number(await control.getAttribute('max')), Number(await control.inputValue())];
  await control.fill(String(now === most / 2 ? most : most / 2));
  if ((await figure.locator('.said').textContent()) === before) faults.push(`${where}: the figure does not answer`);
  if (values.shots) await figure.screenshot({ path: join(values.shots, `${where.replace(/\W+/g, '_')}.png`) });
}
console.log(`${pages.length} pages, ${faults.length} faults`);
if (faults.length > 0) {
  console.error([...new Set(faults)].join('\n'));
  process.exitCode = 1;
}
