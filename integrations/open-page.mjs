import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumOptions } from '../scripts/chromium-options.mjs';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

/** Serves a built page, opens it in Chromium, and gives what it says once it is done; errors of the page are thrown. */
export async function openPage(folder) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const path = normalize(join(folder, pathname === '/' ? 'index.html' : decodeURIComponent(pathname)));
    const bytes = path.startsWith(folder + sep) ? await readFile(path).catch(() => undefined) : undefined;
    response.writeHead(bytes ? 200 : 404, { 'content-type': types[extname(path)] ?? 'application/octet-stream' });
    response.end(bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch(chromiumOptions());
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page
      .locator('body[data-done]')
      .waitFor({ timeout: 60_000 })
      .catch((error) => errors.push(error.message));
    if (errors.length > 0) throw new Error(`The page failed:\n${errors.join('\n')}`);
    const said = await page.textContent('#said');
    if (said !== 'firebrick is crimson, a worker found up') throw new Error(`The page says: ${said}`);
    return said;
  } finally {
    await browser.close();
    server.close();
  }
}
