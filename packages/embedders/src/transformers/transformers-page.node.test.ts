import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumOptions } from '../../../../scripts/chromium-options.mjs';
import { type PageServer, servePage } from '../../test/page-server.js';
import { randomPicture } from '../../test/small-models.js';
import { writeTinyModels } from '../../test/tiny-transformers.js';
import type { TransformersPage } from '../../test/transformers-page.js';
import { loadEncoder } from '../encoders/load-encoder.js';

declare const transformersPage: TransformersPage;

/** The library's own build for pages, and the runtime it comes with; nothing is downloaded. */
const library = await import('@huggingface/transformers').catch(() => undefined);
const texts = ['cat', 'dog cat', 'unknown cat'];
const pictures = [randomPicture(1, 4, 4), randomPicture(2, 4, 4)];

let root: string;
let server: PageServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (!library) return;
  root = await mkdtemp(join(tmpdir(), 'nearkin tiny '));
  await writeTinyModels(root);
  library.env.localModelPath = root;
  library.env.allowRemoteModels = false;
  const models = Object.fromEntries(
    await Promise.all(
      (await readdir(root, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(async (entry) => {
          const path = join(entry.parentPath, entry.name);
          return [
            `models${path.slice(root.length).replaceAll('\\', '/')}`,
            new Uint8Array(await readFile(path)),
          ] as const;
        }),
    ),
  );
  const own = createRequire(createRequire(import.meta.url).resolve('@huggingface/transformers'));
  server = await servePage(new URL('../../test/transformers-page.ts', import.meta.url), {
    ...models,
    'ort/': dirname(own.resolve('onnxruntime-web')),
  });
  browser = await chromium.launch(chromiumOptions());
  page = await browser.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => 'transformersPage' in globalThis);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (root) await rm(root, { recursive: true, force: true });
});

const rowsOf = ({ data, dim }: { data: Float32Array; dim: number }) =>
  Array.from({ length: data.length / dim }, (_, i) => [...data.subarray(i * dim, (i + 1) * dim)]);

function expectSame(there: readonly number[][], here: readonly number[][]) {
  expect(there).toHaveLength(here.length);
  here.forEach((row, i) => {
    row.forEach((value, k) => {
      expect(Math.abs(value - there[i]![k]!)).toBeLessThan(1e-4);
    });
  });
}

const plain = pictures.map(({ data }) => [...data]);

it.skipIf(!library).each(['clip', 'siglip'])(
  '%s of @huggingface/transformers answers in Chromium as in Node',
  async (name) => {
    using encoder = await loadEncoder(`hf:tiny/${name}`);
    const here = [...rowsOf(await encoder.image!.embed(pictures)), ...rowsOf(await encoder.text!.embed(texts))];
    const batch = { pictures: plain, texts };
    expectSame(
      await page.evaluate(([model, given]) => transformersPage.dual(model, given), [`hf:tiny/${name}`, batch] as const),
      here,
    );
  },
);

it.skipIf(!library)('so do a model of pictures and one of texts', async () => {
  using dino = await loadEncoder('hf:tiny/dinov2');
  expectSame(
    await page.evaluate((given) => transformersPage.single('hf:tiny/dinov2', { pictures: given }), plain),
    rowsOf(await dino.image!.embed(pictures)),
  );
  using bert = await loadEncoder('hf:tiny/bert');
  expectSame(
    await page.evaluate((given) => transformersPage.single('hf:tiny/bert', { texts: given }), texts),
    rowsOf(await bert.text!.embed(texts)),
  );
});
