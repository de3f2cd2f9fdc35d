import '@tensorflow/tfjs-backend-cpu';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ImageInput } from '@nearkin/embedders';
import { setBackend } from '@tensorflow/tfjs-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumOptions } from '../../../../scripts/chromium-options.mjs';
import { randomPicture } from '../../../embedders/test/small-models.js';
import { smallSearcher, words } from '../../test/small-searcher.js';
import type { Hit } from '../search/search-options.js';
import type { BundleSearcher } from './bundle-searcher.js';
import { openSearcher, searcherFiles } from './on-demand.js';

/** As much of Vite's answer as is used. */
interface Built {
  readonly output: readonly { fileName: string; code?: string; isEntry?: boolean }[];
}

let server: Server;
let browser: Browser;
let page: Page;
let here: BundleSearcher<ImageInput>;

beforeAll(async () => {
  await setBackend('cpu');
  const files = await searcherFiles(await smallSearcher());
  here = await openSearcher<ImageInput>(files);
  const made = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['nearkin-source', 'browser', 'module'] },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: fileURLToPath(new URL('../../test/open-in-page.ts', import.meta.url)), formats: ['es'] },
      rollupOptions: { external: ['@huggingface/transformers'] },
    },
  });
  const [{ output }] = made as unknown as [Built];
  const scripts = new Map(output.map(({ fileName, code }) => [`/${fileName}`, code]));
  const entry = output.find(({ isEntry }) => isEntry)!.fileName;
  server = createServer((request, response) => {
    const path = request.url ?? '/';
    const file = files.get(path.replace('/bundle/', ''));
    if (scripts.has(path)) response.setHeader('Content-Type', 'text/javascript').end(scripts.get(path));
    else if (file) response.end(file);
    else if (path === '/')
      response
        .setHeader('Content-Type', 'text/html')
        .end(`<!doctype html><script type="module" src="/${entry}"></script>`);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await chromium.launch(chromiumOptions());
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'askBundle' in globalThis);
}, 600_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  here?.dispose();
});

it('the same bundle gives the same answers in Node and in Chromium, to 1e-4', async () => {
  const picture = randomPicture(99, 12, 9);
  const queries = [
    ...words,
    { text: 'cat', not: 'dog' },
    { like: 'pictures/3.png', text: 'red' },
    { text: 'pear', image: picture },
    { image: picture },
  ];
  for (const query of queries) {
    const mine = await here.search(query, { k: 30 });
    const plain =
      typeof query === 'object' && 'image' in query
        ? { ...query, image: { ...picture, data: [...picture.data] } }
        : query;
    const theirs: Hit[] = await page.evaluate((asked) => globalThis.askBundle(asked), plain);
    expect(theirs.map(({ id }) => id)).toEqual(mine.map(({ id }) => id));
    theirs.forEach(({ score }, i) => {
      expect(Math.abs(score - mine[i]!.score)).toBeLessThan(1e-4);
    });
  }
});
