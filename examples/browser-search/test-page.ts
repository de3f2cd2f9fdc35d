import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import { chromiumOptions } from '../../scripts/chromium-options.mjs';

/** The example, bundled as for users, with a search bundle beside it, served and opened in Chromium. */
export interface TestPage {
  readonly page: Page;
  readonly browser: Browser;
  readonly url: string;
  /** Addresses that the page asked for. */
  readonly asked: readonly string[];
  readonly errors: readonly string[];
  close(): Promise<void>;
}

export async function openTestPage(options: { readonly bundle: string }): Promise<TestPage> {
  const root = import.meta.dirname;
  const outDir = await mkdtemp(join(tmpdir(), 'nearkin-search-'));
  await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  await cp(options.bundle, join(outDir, 'bundle'), { recursive: true });
  const server = await preview({ root, logLevel: 'error', build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const url = server.resolvedUrls!.local[0]!;
  const browser = await chromium.launch(chromiumOptions());
  const page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
  const asked: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  await page.locator('body[data-ready]').waitFor();
  return {
    page,
    browser,
    url,
    asked,
    errors,
    async close() {
      await browser.close();
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
