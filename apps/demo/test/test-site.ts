import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
  type Request,
} from 'playwright-core';
import { build } from 'vite';
import { chromiumOptions, fakeCamera } from '../../../scripts/chromium-options.mjs';
import { serveFolder } from '../../../scripts/serve-folder.mjs';
import { slow } from './page-actions.js';

/** The demo, built as for the web, under a sub-path, with and without the headers that isolate it. */
export interface TestSite {
  readonly url: string;
  readonly isolatedUrl: string;
  readonly browser: Browser;
  /** Whom anything in the browser asked beside this machine: pages, workers and service workers. */
  readonly strangers: string[];
  readonly errors: string[];
  /** A profile of its own, with nothing stored; in another browser, where one with another camera is needed. */
  openProfile(options?: BrowserContextOptions, browser?: Browser): Promise<BrowserContext>;
  /** Another browser, behind the same gate, whose camera shows another film. */
  launch(film: string): Promise<Browser>;
  /** A page that is ready; `ready: false`: as soon as it is there. */
  openPage(profile: BrowserContext, options?: { readonly address?: string; readonly ready?: boolean }): Promise<Page>;
  /** The same build at an address of its own, which can go away. */
  serveAgain(options: { readonly isolated: boolean }): Promise<{ readonly address: string; close(): Promise<void> }>;
  close(): Promise<void>;
}

const path = '/some/where/';
/** What the browser asks of its maker by itself; pages that did would be seen by their requests. */
const ofChromium = /^(https?:\/\/)?([\w-]+\.googleapis|accounts\.google|www\.google|www\.gstatic|[\w-]+\.gvt1)\.com\b/;

export async function openTestSite(options: { readonly cameraFile: string }): Promise<TestSite> {
  // A build that is there already can be tested as it is.
  const given = process.env['NEARKIN_DEMO_DIST'];
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'nearkin-demo-')));
  const root = join(import.meta.dirname, '..');
  if (!given) await buildForTheWeb(root, folder);
  const servers = [await serveFolder(folder, { path, isolated: false }), await serveFolder(folder, { path })];
  const [url, isolatedUrl] = servers.map(({ address }) => address) as [string, string];
  const strangers: string[] = [];
  const note = (asked: string) => {
    if (!ofChromium.test(asked)) strangers.push(asked);
  };
  // Whatever is not of this machine has to come by here, and gets nowhere.
  const gate = createServer(({ url: asked = '' }, response) => {
    note(asked);
    response.writeHead(403).end();
  });
  gate.on('connect', ({ url: asked = '' }, socket) => {
    note(asked);
    socket.end('HTTP/1.1 403 No\r\n\r\n');
  });
  await new Promise<void>((listening) => gate.listen(0, '127.0.0.1', listening));
  const proxy = `--proxy-server=127.0.0.1:${(gate.address() as AddressInfo).port}`;
  const launch = (film: string) => chromium.launch(chromiumOptions([...fakeCamera(film), proxy]));
  const browser = await launch(options.cameraFile);
  const errors: string[] = [];
  return {
    url,
    isolatedUrl,
    browser,
    strangers,
    errors,
    launch,
    async openProfile(more = {}, of = browser) {
      const profile = await of.newContext({
        viewport: { width: 1280, height: 900 },
        acceptDownloads: true,
        reducedMotion: 'reduce',
        ...more,
      });
      profile.setDefaultTimeout(slow.timeout);
      const left = (request: Request) => {
        const { protocol, hostname } = new URL(request.url());
        if (/^https?:$/.test(protocol) && hostname !== '127.0.0.1') strangers.push(request.url());
      };
      profile.on('requestfinished', left);
      // What the page's policy stops has not left the browser.
      profile.on('requestfailed', (request) => request.failure()?.errorText !== 'csp' && left(request));
      return profile;
    },
    async openPage(profile, { address = url, ready = true } = {}) {
      const page = await profile.newPage();
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(address, { waitUntil: 'domcontentloaded' });
      await page.locator(ready ? 'main[data-ready]' : 'main').waitFor();
      return page;
    },
    serveAgain: ({ isolated }) => serveFolder(folder, { path, isolated }),
    async close() {
      await browser.close();
      gate.close();
      gate.closeAllConnections();
      await Promise.all(servers.map((server) => server.close()));
      if (!given) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As `vite build` does it: a test's own environment makes a build for development, without a service worker. */
async function buildForTheWeb(root: string, outDir: string): Promise<void> {
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  } finally {
    process.env['NODE_ENV'] = NODE_ENV;
  }
}
