import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createPicture } from '@nearkin/core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumOptions } from '../../../../scripts/chromium-options.mjs';
import { describeWithData } from '../../../../testing/shared-data.js';
import type { AgreementPage } from '../../test/agreement-page.js';
import { type PageServer, servePage } from '../../test/page-server.js';
import { chooseBackend } from '../backends/choose-backend.node.js';
import { loadImageEmbedder } from './load-image-embedder.js';

declare const agreementPage: AgreementPage;

const entry = new URL('../../test/agreement-page.ts', import.meta.url);
const side = 224;
const simd = { 'tfjs-backend-wasm-simd.wasm': '/wasm/tfjs-backend-wasm-simd.wasm' } as const;
const [threaded, plain] = ['tfjs-backend-wasm-threaded-simd.wasm', 'tfjs-backend-wasm.wasm'] as const;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch(chromiumOptions());
});
afterAll(() => browser?.close());

async function open(server: PageServer, path = ''): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(server.url + path);
  await page.waitForFunction(() => 'agreementPage' in globalThis);
  return page;
}

const norm = (row: readonly number[]) => Math.hypot(...row);

describeWithData('Node and Chromium', ['weights', 'golden', 'grocery'], ([weights, golden, grocery]) => {
  let server: PageServer;
  let raw: Uint8Array;
  let photo: string;

  beforeAll(async () => {
    await chooseBackend({ force: 'wasm' });
    raw = new Uint8Array(gunzipSync(readFileSync(join(golden!, 'rgb-224.u8.gz'))));
    const manifest: { file: string }[] = JSON.parse(readFileSync(join(grocery!, 'manifest.json'), 'utf8'));
    photo = join(grocery!, manifest.find(({ file }) => file.endsWith('.jpg'))!.file);
    server = await servePage(entry, { 'weights/': weights!, raw, photo });
  });
  afterAll(() => server?.close());

  it.each([
    ['mobilenet-v2-1.0-224-u8', 'one thread', '', simd],
    ['mobilenet-v1-0.25-224', 'threads', 'isolated', '/wasm/'],
  ] as const)('agree on %s, with %s in the page', async (name, _, path, wasmPaths) => {
    const page = await open(server, path);
    await page.evaluate((paths) => agreementPage.choose(paths), wasmPaths);
    const urls = { model: `${server.url}weights/${name}`, raw: '/raw', encoded: '/photo' };
    const rows = await page.evaluate(([given, size]) => agreementPage.embed(given, size), [urls, side] as const);
    await page.close();
    const size = side * side * 3;
    const pictures = Array.from({ length: raw.length / size }, (_, i) =>
      createPicture({ data: raw.subarray(i * size, (i + 1) * size), width: side, height: side, channels: 3 }),
    );
    const embedder = await loadImageEmbedder(join(weights!, name));
    const { data, dim } = await embedder.embed([...pictures, photo]);
    embedder.dispose();
    const expected = Array.from({ length: data.length / dim }, (_, i) => [...data.subarray(i * dim, (i + 1) * dim)]);
    expect(rows.map((row) => row.length)).toEqual(expected.map((row) => row.length));
    // The same pixels: only the order of float additions may differ.
    for (const [i, row] of expected.slice(0, -1).entries())
      expect(norm(row.map((value, k) => value - rows[i]![k]!)) / norm(row)).toBeLessThan(1e-4);
    // A JPEG: the hosts decode it each with its own library, which may round and smooth colour planes differently.
    const [here, there] = [expected.at(-1)!, rows.at(-1)!];
    const dot = here.reduce((sum, value, k) => sum + value * there[k]!, 0);
    expect(dot / norm(here) / norm(there)).toBeGreaterThan(0.999);
  });
});

describe('wasm in a page', () => {
  let server: PageServer;
  beforeAll(async () => {
    server = await servePage(entry, {});
  });
  afterAll(() => server?.close());

  it.each([
    ['one file is enough', '', simd, 'with SIMD', 'tfjs-backend-wasm-simd.wasm'],
    [
      'threads are not taken where their build is not named',
      'isolated',
      simd,
      'with SIMD',
      'tfjs-backend-wasm-simd.wasm',
    ],
    ['a folder without isolation has no threads', '', '/wasm/', 'with SIMD', 'tfjs-backend-wasm-simd.wasm'],
    ['an isolated page takes threads', 'isolated', '/wasm/', 'with SIMD and threads', threaded],
    ['the plain build alone runs too', '', { [plain]: `/wasm/${plain}` }, 'without SIMD', plain],
  ] as const)('%s', async (_, path, paths, reason, file) => {
    const page = await open(server, path);
    const before = server.asked.length;
    const { name, tried } = await page.evaluate((given) => agreementPage.choose(given), paths);
    expect([name, tried.at(-1)?.reason]).toEqual(['wasm', reason]);
    expect(server.asked.slice(before).filter((asked) => asked.endsWith('.wasm'))).toEqual([`wasm/${file}`]);
    await page.close();
  });

  it('says when its files are not there', async () => {
    const page = await open(server);
    const message = page.evaluate(() => agreementPage.choose('/nowhere/'));
    await expect(message).rejects.toThrow(/The backend wasm was asked for, but it cannot run here/);
    await page.close();
  });
});
