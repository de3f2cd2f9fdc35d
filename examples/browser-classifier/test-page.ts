import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import { chromiumOptions, fakeCamera } from '../../scripts/chromium-options.mjs';

/** The example, bundled as for users, served, and opened in Chromium whose camera shows a file. */
export interface TestPage {
  readonly page: Page;
  readonly browser: Browser;
  readonly url: string;
  /** Addresses that the page asked for, apart from its own server's. */
  readonly strangers: readonly string[];
  readonly errors: readonly string[];
  /** The same bundle from a server that isolates the page from other origins, so that it may use threads. */
  readonly isolatedUrl: string;
  close(): Promise<void>;
}

export async function openTestPage(options: { readonly cameraFile: string }): Promise<TestPage> {
  const root = import.meta.dirname;
  const outDir = await mkdtemp(join(tmpdir(), 'nearkin-example-'));
  await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const server = await preview({ root, logLevel: 'error', build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
  const isolated = await preview({
    root,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1', headers },
  });
  const url = server.resolvedUrls!.local[0]!;
  const isolatedUrl = isolated.resolvedUrls!.local[0]!;
  const browser = await chromium.launch(chromiumOptions(fakeCamera(options.cameraFile)));
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const strangers: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !/^(blob|data):/.test(address)) strangers.push(address);
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  await page.locator('body[data-ready]').waitFor();
  return {
    page,
    browser,
    url,
    isolatedUrl,
    strangers,
    errors,
    async close() {
      await browser.close();
      await server.close();
      await isolated.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
