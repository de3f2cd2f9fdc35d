import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { embedGallery } from '@nearkin/core';
import { createFilterEmbedder } from '@nearkin/embedders';
import { readAlbums } from '@nearkin/embedders/node';
import { buildClassifier, loadClassifier } from '@nearkin/retrieval';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAndAsk } from './build-and-ask.js';
import { teachAndSave } from './teach-and-save.js';

const prepareAlbums = join(import.meta.dirname, '../../samples/prepare.mjs');
let root: string;
const albums = () => join(root, 'albums');
const query = (label: string) => join(root, 'samples', 'queries', label, 'twemoji.png');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin node '));
  await promisify(execFile)(process.execPath, [prepareAlbums, join(root, 'samples')]);
  for (const label of ['lemon', 'spider', 'green circle'])
    await cp(join(root, 'samples', 'gallery', label), join(albums(), label), { recursive: true });
});

afterAll(() => rm(root, { recursive: true, force: true }));

it('answers about a drawing it has not seen, from one picture for each class', async () => {
  for (const label of ['lemon', 'spider', 'green circle']) {
    const [best, ...others] = await buildAndAsk(albums(), query(label));
    expect(best).toEqual({ label, score: expect.any(Number), nearestId: `${label}/noto.png`, unknown: false });
    expect(others).toHaveLength(2);
  }
});

it('teaches a saved classifier one more class', async () => {
  const model = join(root, 'model');
  const embedder = await createFilterEmbedder();
  {
    using classifier = buildClassifier(embedder, await embedGallery(embedder, readAlbums(albums())));
    await classifier.save(model);
  }
  const labels = await teachAndSave(model, 'fish', join(root, 'samples', 'gallery', 'fish', 'noto.png'));
  expect(labels).toEqual(['green circle', 'lemon', 'spider', 'fish']);
  using opened = await loadClassifier(model);
  const [best] = await opened.classify(query('fish'));
  expect(best?.label).toBe('fish');
});
