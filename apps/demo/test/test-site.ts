import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { chromiumOptions, fakeCamera } from '../../../scripts/chromium-options.mjs';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** The demo, built as for the web, under a sub-path, with and without the headers that isolate it. */
export interface TestSite {
  readonly url: string;
  readonly isolatedUrl: string;
  readonly folder: string;
  readonly browser: Browser;
  /** Addresses outside of the site that any page asked for. */
  readonly strangers: string[];
  readonly errors: string[];
  /** A profile of its own, with nothing stored. */
  openProfile(): Promise<BrowserContext>;
  openPage(context: BrowserContext, address?: string): Promise<Page>;
  /** The servers go, the browser stays: from now on the page is offline. */
  stopServing(): Promise<void>;
  close(): Promise<void>;
}

export async function openTestSite(options: { readonly cameraFile: string }): Promise<TestSite> {
  // A build that is there already can be tested as it is.
  const given = process.env['NEARKIN_DEMO_DIST'];
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'nearkin-demo-')));
  const root = join(import.meta.dirname, '..');
  if (!given) await build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  const servers = [
    await serve(folder, {}),
    await serve(folder, {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    }),
  ];
  const [url, isolatedUrl] = servers.map(
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where/`,
  ) as [string, string];
  const browser = await chromium.launch(chromiumOptions(fakeCamera(options.cameraFile)));
  const strangers: string[] = [];
  const errors: string[] = [];
  const stopServing = async () => {
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    servers.length = 0;
  };
  return {
    url,
    isolatedUrl,
    folder,
    browser,
    strangers,
    errors,
    async openProfile() {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
      context.on('request', (request) => {
        const address = request.url();
        if (![url, isolatedUrl].some((own) => address.startsWith(own)) && !/^(blob|data):/.test(address))
          strangers.push(address);
      });
      return context;
    },
    async openPage(context, address = url) {
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(address);
      await page.locator('main[data-ready]').waitFor();
      return page;
    },
    stopServing,
    async close() {
      await browser.close();
      await stopServing();
      if (!given) await rm(folder, { recursive: true, force: true });
    },
  };
}

function serve(folder: string, headers: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(async ({ url = '/' }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname));
    const name = path.replace(/^\/some\/where\//, '');
    try {
      const bytes = await readFile(join(folder, name === '' ? 'index.html' : name));
      const type = types[extname(name === '' ? 'index.html' : name)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, ...headers }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
