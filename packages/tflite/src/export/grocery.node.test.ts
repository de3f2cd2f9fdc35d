import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createPicture, embedGallery, type Picture } from '@nearkin/core';
import { chooseBackend, loadTfliteEmbedder, preprocess, readImage, type TfliteEmbedder } from '@nearkin/embedders/node';
import { buildClassifier } from '@nearkin/retrieval';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumOptions } from '../../../../scripts/chromium-options.mjs';
import { describeWithData } from '../../../../testing/shared-data.js';
import { servePage } from '../../../embedders/test/page-server.js';
import type { RuntimesPage } from '../../test/runtimes-page.js';
import { describeTflite } from '../metadata/describe-tflite.js';
import { exportTflite } from './export-tflite.js';

declare const runtimesPage: RuntimesPage;

interface Photo {
  readonly file: string;
  readonly role: string;
  readonly label: string;
}

const side = 224;
const require = createRequire(import.meta.url);
/** `NEARKIN_QUERIES=280` for the long run, every query in every runtime; else some, and fewer in pages, which are slow. */
const whole = Number(process.env['NEARKIN_QUERIES'] ?? 0);
const [inNode, inPage] = [whole || 70, whole || 8];

/** So many of a list, from all over it. */
function spread<T>(list: readonly T[], count: number): T[] {
  const step = list.length / Math.min(count, list.length);
  return Array.from({ length: Math.min(count, list.length) }, (_, i) => list[Math.floor(i * step)]!);
}

/** The photo as the 8-bit picture that the model sees: what a device with the same resampling would give it. */
async function shrunk(path: string, { preprocessing }: TfliteEmbedder): Promise<Picture> {
  const samples = preprocess([await readImage(path)], { ...preprocessing, mean: [0, 0, 0], std: [1, 1, 1] });
  return createPicture({ data: Uint8Array.from(samples, Math.round), width: side, height: side, channels: 3 });
}

describeWithData('the grocery gallery on MobileNetV1', ['tflite-golden', 'grocery'], ([golden, grocery]) => {
  const manifest = join(grocery!, 'manifest.json');
  // Without the data this is still walked through, to name what is skipped.
  const photos: Photo[] = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : [];
  /** The iconic picture and a photo of each class to compare with. */
  const seen = new Map<string, number>();
  const index = photos.filter(({ role, label }) => {
    if (role === 'query') return false;
    seen.set(label, (seen.get(label) ?? 0) + 1);
    return seen.get(label)! <= 2;
  });
  const allQueries = photos.filter(({ role }) => role === 'query').map(({ file }) => file);
  const queryFiles = spread(allQueries, inNode);
  const pictures = new Map<string, Promise<Picture>>();
  const picture = (file: string, embedder: TfliteEmbedder): Promise<Picture> => {
    const known = pictures.get(file) ?? shrunk(join(grocery!, file), embedder);
    pictures.set(file, known);
    return known;
  };
  let browser: Browser;

  beforeAll(async () => {
    await chooseBackend({ force: 'wasm' });
    browser = await chromium.launch(chromiumOptions());
  });
  afterAll(() => browser?.close());

  it.each(['mobilenet_v1_0.25_224_1_default_1', 'mobilenet_v1_0.25_224_quant'])(
    `%s: the file decides on ${inNode} queries as the classifier does`,
    { timeout: 900_000 },
    async (name) => {
      expect(allQueries).toHaveLength(280);
      using embedder = await loadTfliteEmbedder(join(golden!, `${name}.tflite`));
      const items = index.map(({ file, label }) => ({ id: file, label, input: () => picture(file, embedder) }));
      const gallery = await embedGallery(embedder, items);
      expect(gallery.vectors.count).toBe(70);
      const queries = await Promise.all(queryFiles.map((file) => picture(file, embedder)));
      const embedded = await embedder.embed(queries);
      for (const quantize of ['none', 'int8'] as const) {
        using classifier = buildClassifier(embedder, gallery, { quantize });
        const { labels } = classifier;
        const { bytes, embedding } = embedder.tflite;
        const file = exportTflite(classifier, bytes, { embedding, modelId: embedder.id });
        const expected = (await classifier.classifyVectors(embedded, { k: labels.length })).map((answer) => {
          const scores = new Map(answer.map(({ label, score }) => [label, score]));
          return labels.map((label) => scores.get(label)!);
        });
        const check = (
          runtime: string,
          received: readonly (readonly number[])[],
          rows: readonly (readonly number[])[],
        ) => {
          const best = (row: readonly number[]) => row.indexOf(Math.max(...row));
          const differences = received.flatMap((row, i) => row.map((score, c) => Math.abs(score - rows[i]![c]!)));
          const agreeing = received.filter((row, i) => best(row) === best(rows[i]!)).length;
          const largest = Math.max(...differences);
          console.info(
            `${name}, ${quantize}, ${runtime}: ${agreeing} of ${received.length}, ${largest.toExponential(1)}`,
          );
          expect(received, runtime).toHaveLength(rows.length);
          expect(agreeing, runtime).toBe(rows.length);
          expect(largest, runtime).toBeLessThan(1e-5);
        };
        using model = await loadTfliteEmbedder(file, { layer: describeTflite(file).outputs[0]!.name });
        const { data, dim } = await model.embed(queries);
        const received = expected.map((_, i) => [...data.subarray(i * dim, (i + 1) * dim)]);
        check('LiteRT in Node', received, expected);

        const shown = spread(queries, inPage);
        const expectedShown = spread(expected, inPage);
        const raw = new Uint8Array(shown.length * side * side * 3);
        shown.forEach((query, i) => {
          raw.set(query.data, i * side * side * 3);
        });
        const server = await servePage(new URL('../../test/runtimes-page.ts', import.meta.url), {
          'litert/': join(dirname(require.resolve('@litertjs/core')), '..', 'wasm'),
          'mediapipe/': join(dirname(require.resolve('@mediapipe/tasks-vision')), 'wasm'),
          model: file,
          pictures: raw,
        });
        try {
          const page = await browser.newPage();
          await page.goto(server.url);
          await page.waitForFunction(() => 'runtimesPage' in globalThis);
          const task = { model: '/model', pictures: '/pictures', side, labels };
          check('LiteRT in Chromium', await page.evaluate((given) => runtimesPage.liteRt(given), task), expectedShown);
          check(
            'MediaPipe in Chromium',
            await page.evaluate((given) => runtimesPage.mediaPipe(given), task),
            expectedShown,
          );
          await page.close();
        } finally {
          await server.close();
        }
      }
    },
  );
});
