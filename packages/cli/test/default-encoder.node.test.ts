import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSearcher } from '@nearkin/searcher';
import { loadStarter } from '@nearkin/starter';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawAlbums, labels } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';

// What the starter finds is its own tests' matter: its weights change. Here only colours are told apart.
let root: string;
let photos: string;
let starterId: string;
const in_ = (...names: string[]) => join(root, ...names);
const first = async (...args: string[]) => (await runJson(['search', ...args, '-k', '1'])).json[0];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin starter – ö '));
  photos = await drawAlbums(in_('photos'), { sizes: [30, 36] });
  using starter = await loadStarter();
  starterId = starter.id;
});

afterAll(() => rm(root, { recursive: true, force: true }));

it('builds a classifier with the starter, and says what photos deserve', async () => {
  const { code, stderr, stdout } = await run(['build', photos, '-o', in_('model')]);
  expect(code).toBe(0);
  expect(stdout).toContain('starter, 128 numbers a picture');
  expect(stderr).toMatch(/Photos deserve MobileNetV3, CLIP or the like: --embedder /);
  expect((await runJson(['inspect', in_('model')])).json).toMatchObject({
    containsEmbedder: true,
    embedder: starterId,
  });
  const { json } = await runJson(['eval', in_('model'), photos]);
  expect(json.top1).toMatchObject({ correct: 32, total: 32 });
});

it('makes a bundle that is asked in words, in several languages', async () => {
  const { json, stderr } = await runJson(['index', photos, '-o', in_('bundle'), '--labels']);
  expect(json).toMatchObject({ words: true, modelId: starterId, rows: 32 });
  expect(stderr).toContain('Photos deserve MobileNetV3');
  for (const [words, color] of [
    ['red circle', 'red'],
    ['cercle vert', 'green'],
    ['blaues Quadrat', 'blue'],
  ] as const)
    expect((await first(in_('bundle'), words)).label).toContain(color);
  expect((await first(in_('bundle'), '--image', join(photos, 'blue bars', '30.png'))).id).toBe('blue bars/30.png');
  using searcher = await openSearcher(in_('bundle'));
  expect(searcher.encoder.id).toBe(starterId);
});

it('asks an index file in words', async () => {
  await run(['index', photos, '-o', in_('photos.nearkin')]);
  expect((await first(in_('photos.nearkin'), 'red circle')).id).toContain('red');
});

it('measures the starter, saying so, where no embedder is named', async () => {
  const lines = labels.map((label) => JSON.stringify({ image: `${label}/30.png`, captions: [label] }));
  await writeFile(join(photos, 'pairs.jsonl'), lines.join('\n'));
  const { json, stderr } = await runJson(['eval-text', join(photos, 'pairs.jsonl')]);
  expect(json).toMatchObject({ images: 16, texts: 16 });
  // A quarter of the pictures is red.
  expect(json.textToImage['R@5']).toBeGreaterThan(0.5);
  expect(stderr).toContain('Photos deserve MobileNetV3');
  const embedder = await runJson(['eval-embedder', photos]);
  expect(embedder.json.embedder).toEqual({ id: starterId, dim: 128 });
});

it('names what comes with it: starter and filters', async () => {
  const starter = await runJson(['build', photos, '-o', in_('named'), '--embedder', 'starter']);
  expect(starter.json.embedder).toEqual({ id: starterId, dim: 128, source: 'starter' });
  expect(starter.stderr).not.toContain('Photos deserve');
  const filters = await runJson(['build', photos, '-o', in_('filters'), '--embedder', 'filters']);
  expect(filters.json.embedder).toMatchObject({ source: 'filters', id: expect.stringContaining('filter') });
});
