import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createPicture, l2Normalize, type Picture } from '@nearkin/core';
import { argMax, matMul, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { describeWithData } from '../../../../testing/shared-data.js';
import { chooseBackend } from '../backends/choose-backend.node.js';
import { createEmbedderPool } from '../pool/embedder-pool.node.js';
import type { ImageEmbedder } from './image-embedder.js';
import { loadImageEmbedder } from './load-image-embedder.js';

beforeAll(async () => {
  await chooseBackend({ force: 'wasm' });
});

const models = [
  ['mobilenet-v2-1.0-224-u8', 1280],
  ['mobilenet-v1-0.25-224', 256],
] as const;

describeWithData('real models', ['weights', 'golden'], ([weights, golden]) => {
  const pictures = (): Picture[] => {
    const rgb = gunzipSync(readFileSync(join(golden!, 'rgb-224.u8.gz')));
    const size = 224 * 224 * 3;
    return [0, 1, 2, 3].map((i) =>
      createPicture({
        data: new Uint8Array(rgb.subarray(i * size, (i + 1) * size)),
        width: 224,
        height: 224,
        channels: 3,
      }),
    );
  };

  it.each(models)('%s gives the golden embeddings', async (name, dim) => {
    const embedder = await loadImageEmbedder(join(weights!, name));
    const { data } = await embedder.embed(pictures());
    expect(embedder.dim).toBe(dim);
    const expected: { embedding: number[] }[] = JSON.parse(readFileSync(join(golden!, 'golden.json'), 'utf8')).models[
      name
    ];
    for (const [i, { embedding }] of expected.entries())
      for (const [k, value] of embedding.entries()) expect(data[i * dim + k]).toBeCloseTo(value, 4);
    embedder.dispose();
  });

  it('an object detector serves as an embedder by one of its nodes', async () => {
    const embedder = await loadImageEmbedder(join(weights!, 'graphmodel-mb3-centernet'), {
      layer: 'tower_0/CenternetHead/Mean',
      preprocessing: { fit: 'squash', mean: [0, 0, 0], std: [1, 1, 1] },
    });
    expect([embedder.dim, embedder.preprocessing.width, embedder.preprocessing.height]).toEqual([128, 512, 512]);
    const { data } = l2Normalize(await embedder.embed(pictures().slice(0, 2)));
    const cosine = data.slice(0, 128).reduce((sum, value, i) => sum + value * data[128 + i]!, 0);
    expect(cosine).toBeLessThan(0.999);
    expect(data.every(Number.isFinite)).toBe(true);
    embedder.dispose();
  });
});

describeWithData('from JPEG files to answers', ['weights', 'grocery', 'clothing'], ([weights, grocery, clothing]) => {
  // What the published embeddings of the same photos give, and how far 2 points are.
  it.each([
    ['grocery', 165, 280],
    ['clothing', 104, 160],
  ] as const)(
    '%s: the nearest neighbour is right as often as with given features (%i of %i)',
    async (set, given, total) => {
      const embedder = await createEmbedderPool(join(weights!, 'mobilenet-v2-1.0-224-u8'));
      const folder = set === 'grocery' ? grocery! : clothing!;
      const { correct, queries } = await nearestNeighbours(embedder, folder);
      embedder.dispose();
      console.info(`${set}: ${correct} of ${queries} right`);
      expect(queries).toBe(total);
      expect(Math.abs(correct - given) / total).toBeLessThan(0.02);
    },
    // 730 photos in all, 60 ms of one core each.
    300_000,
  );
});

async function nearestNeighbours(
  embedder: ImageEmbedder,
  folder: string,
): Promise<{ correct: number; queries: number }> {
  const manifest: { file: string; label: string; role: string }[] = JSON.parse(
    readFileSync(join(folder, 'manifest.json'), 'utf8'),
  );
  const of = async (role: string) => {
    const entries = manifest.filter((entry) => entry.role === role);
    const vectors = l2Normalize(await embedder.embed(entries.map(({ file }) => join(folder, file))));
    return { labels: entries.map(({ label }) => label), vectors };
  };
  const [index, query] = await Promise.all([of('index'), of('query')]);
  const best = tidy(() => {
    const rows = tensor2d(index.vectors.data, [index.vectors.count, embedder.dim]);
    const asked = tensor2d(query.vectors.data, [query.vectors.count, embedder.dim]);
    return argMax(matMul(asked, rows, false, true), 1).dataSync();
  });
  const correct = query.labels.filter((label, i) => index.labels[best[i]!] === label).length;
  return { correct, queries: query.labels.length };
}
