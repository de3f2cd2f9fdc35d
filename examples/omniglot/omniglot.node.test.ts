import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGallery, createPicture, createVectors, type Gallery } from '@nearkin/core';
import { loadImageEmbedder } from '@nearkin/embedders';
import { chooseBackend } from '@nearkin/embedders/node';
import { createConvEmbedder, embedData } from '@nearkin/training';
import { env } from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithData } from '../../testing/shared-data.js';
import { characterSampler } from './character-sampler.js';
import { drawCurve } from './curve.js';
import {
  characterName,
  type Drawings,
  drawers,
  readDrawings,
  selectDrawings,
  side,
  turnedDrawings,
} from './drawings.js';
import { type FewShotFigure, fewShotFigures } from './few-shot.js';
import { net, preprocessing } from './recipe.js';
import { plainData, trainNet } from './train-net.js';
import { writeAlbums } from './write-albums.js';

const bundle = join(import.meta.dirname, 'embedder');
const program = [
  '--conditions=nearkin-source',
  '--import',
  join(import.meta.dirname, '../../packages/cli/scripts/source-loader.mjs'),
  join(import.meta.dirname, '../../packages/cli/src/main.ts'),
];

/** Figures of the run that made the bundle. */
const metrics = JSON.parse(await readFile(join(import.meta.dirname, 'results/all/metrics.json'), 'utf8')) as {
  embedder: { id: string; dim: number };
  figures: Record<'joined, uint8', Record<string, FewShotFigure>>;
};

/** What the recipe is measured against: drawings as they are, pixel by pixel. */
function pixelGallery({ samples, characters }: Drawings): Gallery {
  return createGallery({
    vectors: createVectors(Float32Array.from(samples), side * side),
    ids: Array.from({ length: characters * drawers }, (_, i) => String(i)),
    labels: Array.from({ length: characters * drawers }, (_, i) => characterName(Math.floor(i / drawers))),
  });
}

describe('the parts of the recipe', () => {
  const pixels = side * side;

  it('turns drawings by quarters', () => {
    const samples = new Uint8Array(drawers * pixels);
    // One dot: third column, first row.
    samples[2] = 9;
    const turned = turnedDrawings({ samples, characters: 1 });
    const dots = [0, 1, 2, 3].map((turn) => {
      const at = turned.samples.subarray(turn * pixels, (turn + 1) * pixels).indexOf(9);
      return [at % side, Math.floor(at / side)];
    });
    // Each a quarter turn of the one before, around the middle (13.5, 13.5).
    for (const [i, [x, y]] of dots.entries()) {
      const [nextX, nextY] = dots[(i + 1) % 4]!;
      const clockwise = [27 - y!, x!];
      const counter = [y!, 27 - x!];
      expect([clockwise, counter]).toContainEqual([nextX, nextY]);
    }
    expect(new Set(dots.map(String)).size).toBe(4);
    expect(new Set(turned.labels).size).toBe(4);
    expect(turned.labels[5]).toBe(turned.labels[1]);
  });

  it('draws batches of different characters, two drawings of one turn each', () => {
    const sampler = characterSampler(50, { ways: 16, each: 2, seed: 1 });
    const batches = [...sampler.epoch(3)];
    expect([batches.length, sampler.batchesPerEpoch, sampler.batchSize]).toEqual([3, 3, 32]);
    expect([...sampler.epoch(3)]).toEqual(batches);
    expect([...sampler.epoch(4)]).not.toEqual(batches);
    const all = batches.flat().map((sample) => Math.floor(sample / (4 * drawers)));
    expect(new Set(all).size).toBe(48);
    for (const batch of batches)
      for (let i = 0; i < batch.length; i += 2) {
        const [a, b] = [batch[i]!, batch[i + 1]!];
        expect(a).not.toBe(b);
        expect(Math.floor(a / 80)).toBe(Math.floor(b / 80));
        expect(a % 4).toBe(b % 4);
      }
  });

  it('draws a curve of what the logs hold', () => {
    const svg = drawCurve([
      '{"tower":1,"step":50,"loss":10}\n{"tower":1,"step":100,"loss":1,"validation":{"20-way 1-shot":90}}\n',
    ]);
    expect(svg).toContain('<polyline');
    expect(svg).not.toContain('NaN');
  });
});

describe('the committed embedder', () => {
  it('is one of 1 MB at most, of standard layers, with its preprocessing', async () => {
    const files = await readdir(bundle);
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(bundle, name))).size));
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1_000_000);
    const embedder = await loadImageEmbedder(bundle);
    expect(embedder.id).toBe(metrics.embedder.id);
    expect(embedder.preprocessing).toEqual(preprocessing);
    const again = await loadImageEmbedder(bundle, { preprocessing: embedder.preprocessing });
    expect(again.id).toBe(embedder.id);
  });

  it('tells strokes apart wherever they are drawn', async () => {
    const embedder = await loadImageEmbedder(bundle);
    const stroke = (points: readonly (readonly [number, number])[]) => {
      const data = new Uint8Array(side * side * 3);
      for (const [x, y] of points) data.fill(255, 3 * (y * side + x), 3 * (y * side + x) + 3);
      return createPicture({ data, width: side, height: side, channels: 3 });
    };
    const line = Array.from({ length: 14 }, (_, i) => i);
    const bar = line.map((i) => [9, 7 + i] as const);
    const moved = line.map((i) => [17, 4 + i] as const);
    const cross = [...bar, ...line.map((i) => [3 + i, 13] as const)];
    const { data, dim } = await embedder.embed([bar, moved, cross].map(stroke));
    const [a, b, c] = [0, 1, 2].map((i) => data.subarray(i * dim, (i + 1) * dim));
    const cosine = (x: Float32Array, y: Float32Array) =>
      x.reduce((sum, value, i) => sum + value * y[i]!, 0) / (Math.hypot(...x) * Math.hypot(...y));
    expect(cosine(a!, b!)).toBeGreaterThan(0.999);
    expect(cosine(a!, c!)).toBeLessThan(0.7);
  });
});

describeWithData('training on drawings', ['omniglot/background-28.u8.gz'], ([file]) => {
  let drawings: Drawings;
  let unseen: Drawings;
  beforeAll(async () => {
    env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    await chooseBackend({ force: 'wasm' });
    drawings = await readDrawings(file!);
    unseen = selectDrawings(drawings, drawings.characters - 100, drawings.characters);
  });

  it('learns in half a minute what neither pixels nor a net of chance know', { timeout: 600_000 }, async () => {
    const oneShot = async (gallery: Gallery) =>
      (await fewShotFigures(gallery, { episodes: 200, shots: [1] }))['20-way 1-shot']!.mean;
    const byPixels = await oneShot(pixelGallery(unseen));
    const untrained = createConvEmbedder({ ...net, seed: 1 });
    const byChance = await oneShot(await embedData(untrained, plainData(unseen)));
    untrained.dispose();
    // 28.9 % on other characters; centring alone makes even random filters better than pixels.
    expect(byPixels).toBeGreaterThan(20);
    expect(byPixels).toBeLessThan(40);
    const training = selectDrawings(drawings, 0, 400);
    const { model, result } = await trainNet(training, { seed: 1, steps: 80, unseen, validateEvery: 80 });
    model.dispose();
    const trained = result.history.validations.at(-1)!.metrics['20-way 1-shot']!;
    expect(trained).toBeGreaterThan(byChance + 5);
    expect(trained).toBeGreaterThan(byPixels + 25);
  });
});

describeWithData('the committed embedder on drawings', ['omniglot/background-28.u8.gz'], ([file]) => {
  let albums: string;
  beforeAll(async () => {
    albums = await mkdtemp(join(tmpdir(), 'nearkin omniglot '));
    const drawings = await readDrawings(file!);
    await writeAlbums(selectDrawings(drawings, drawings.characters - 200, drawings.characters), albums);
  });
  afterAll(() => rm(albums, { recursive: true, force: true }));

  it('keeps its promise on albums of drawings, by the command line', { timeout: 180_000 }, async () => {
    const args = ['eval-embedder', albums, '--embedder', bundle, '--episodes', '5x1,20x1', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, [...program, ...args], { maxBuffer: 2 ** 26 });
    const { episodes } = JSON.parse(stdout) as { episodes: { ways: number; mean: number; classes: number }[] };
    expect(episodes.map(({ ways, classes }) => [ways, classes])).toEqual([
      [5, 200],
      [20, 200],
    ]);
    for (const { ways, mean } of episodes) {
      const measured = metrics.figures['joined, uint8'][`${ways}-way 1-shot`]!.mean;
      // The same weights, pictures and episodes; the last digit may differ between processors.
      expect(Math.abs(100 * mean - measured)).toBeLessThan(0.05);
    }
  });
});
