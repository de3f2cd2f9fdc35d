import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGallery, createVectors, openBundle } from '@nearkin/core';
import { loadTfliteEmbedder, readModelArtifacts } from '@nearkin/embedders/node';
import { loadClassifier } from '@nearkin/retrieval';
import { readAssociatedFile, searcherIndexOf, writeSearcherIndex } from '@nearkin/tflite';
import { convertLayers, type LayersArtifacts } from '@nearkin/tflite/layers';
import { createConvEmbedder, saveEmbedder } from '@nearkin/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawAlbums } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';

let root: string;
let model: string;
let albums: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin-tflite-'));
  albums = join(root, 'albums');
  model = join(root, 'model');
  await drawAlbums(albums, { sizes: [30, 36] });
  expect((await run(['build', albums, '-o', model, '--embedder', 'filters', '--name', 'Shapes'])).code).toBe(0);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A small net with random weights as a `.tflite` embedder; without metadata it does not say how pictures go in. */
async function writeNet(name: string, options: { dim: number; seed: number; metadata?: boolean }): Promise<string> {
  const { dim, seed, metadata = false } = options;
  const net = createConvEmbedder({ preprocessing: { width: 32, height: 32, fit: 'squash' }, dim, seed });
  const folder = join(root, `${name}-layers`);
  await saveEmbedder(net, folder);
  const artifacts = await readModelArtifacts((await openBundle(folder)).bundle);
  const { preprocessing } = net;
  net.dispose();
  const path = join(root, `${name}.tflite`);
  await writeFile(path, convertLayers(artifacts as LayersArtifacts, metadata ? { preprocessing } : {}));
  return path;
}

async function somePicture(): Promise<string> {
  const [label] = await readdir(albums);
  const [file] = await readdir(join(albums, label!));
  return join(albums, label!, file!);
}

describe('export --format tflite', () => {
  it('gives one file that scores as the classifier does, and that inspect describes', async () => {
    const target = join(root, 'model.tflite');
    const { code, json } = await runJson(['export', model, '--format', 'tflite', '-o', target]);
    expect(code).toBe(0);
    const bytes = new Uint8Array(await readFile(target));
    expect(json).toMatchObject({ format: 'tflite', output: target, classes: 16, bytes: bytes.length });

    using classifier = await loadClassifier(model);
    const labels = new TextDecoder().decode(await readAssociatedFile(bytes, 'labels.txt')).split('\n');
    expect(labels).toEqual(classifier.labels);
    const inspected = (await runJson(['inspect', target])).json;
    expect(inspected).toMatchObject({ kind: 'tflite model', labels, metadata: { name: 'Shapes' } });
    expect((await run(['inspect', target])).stdout).toContain('Shapes');

    const { preprocessing } = classifier.embedder as { preprocessing?: object };
    using file = await loadTfliteEmbedder(bytes, {
      layer: inspected.outputs[0].name,
      preprocessing: preprocessing ?? {},
    });
    const picture = await somePicture();
    const answers = await classifier.classify(picture, { k: 16 });
    const { data } = await file.embed([picture]);
    for (const { label, score } of answers) expect(Math.abs(data[labels.indexOf(label)]! - score)).toBeLessThan(1e-5);
  });

  it('takes the .tflite of the same embedder as the base, and no other', async () => {
    const once = join(root, 'model.tflite');
    const again = join(root, 'again.tflite');
    const layer = 'embedding';
    const { code, stdout } = await run([
      'export',
      model,
      '--format',
      'tflite',
      '--base',
      once,
      '--layer',
      layer,
      '-o',
      again,
    ]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('TFLite')]);
    const wrong = await runJson(['export', model, '--format', 'tflite', '--base', once, '-o', again]);
    expect([wrong.code, wrong.json.error.code]).toEqual([1, 'DIMENSION_MISMATCH']);
  });

  it('refuses a base of the same width that embeds otherwise', async () => {
    using classifier = await loadClassifier(model);
    const other = await writeNet('other', { dim: classifier.gallery.vectors.dim, seed: 5, metadata: true });
    const args = ['export', model, '--format', 'tflite', '--base', other, '-o', join(root, 'other-out.tflite')];
    expect((await runJson(args)).json.error.code).toBe('MODEL_MISMATCH');
  });

  it('opens a classifier that has no embedder of its own on the base, and writes the normalisation it is told', async () => {
    const base = await writeNet('base', { dim: 12, seed: 3 });
    const onBase = join(root, 'on-base');
    expect((await run(['build', albums, '-o', onBase, '--embedder', base])).code).toBe(0);
    const target = join(root, 'on-base.tflite');
    const args = ['export', onBase, '--format', 'tflite', '-o', target];
    expect((await runJson(args)).json.error.code).toBe('EMBEDDER_NEEDED');
    expect((await run([...args, '--base', base])).code).toBe(0);
    const normalizationOf = async () => (await runJson(['inspect', target])).json.metadata.normalization;
    expect(await normalizationOf()).toEqual({ mean: [127.5], std: [127.5] });
    const told = [...args, '--base', base, '--normalize', '100,110,120/127.5,127.5,127.5'];
    expect((await run(told)).code).toBe(0);
    expect(await normalizationOf()).toEqual({ mean: [100, 110, 120], std: [127.5, 127.5, 127.5] });
    for (const wrong of ['127.5', '1,2/3,4', '1/0', 'a/b', '1/2/3'])
      expect((await run([...args, '--base', base, '--normalize', wrong])).code).toBe(2);
  });

  it('says what is wrong', async () => {
    const broken = join(root, 'broken.tflite');
    await writeFile(broken, 'not a model');
    const out = join(root, 'out.tflite');
    const codeOf = async (args: readonly string[]) =>
      (await runJson(['export', model, '-o', out, ...args])).json.error.code;
    expect(await codeOf(['--format', 'tflite', '--base', broken])).toBe('BAD_FORMAT');
    expect(await codeOf(['--format', 'tflite', '--base', join(root, 'nowhere.tflite')])).toBe('NOT_FOUND');
    expect(await codeOf(['--format', 'graph', '--base', broken])).toBe('INVALID_ARGUMENT');
  });
});

describe('convert to a searcher model', () => {
  it('takes a base without metadata once it is told how pictures go in', async () => {
    const base = await writeNet('plain', { dim: 3, seed: 2 });
    const vectors = createVectors(new Float32Array([1, 0, 0, 0, 1, 0]), 3);
    const index = join(root, 'two.ldb');
    await writeFile(index, writeSearcherIndex(searcherIndexOf(createGallery({ vectors, ids: ['a', 'b'] }))));
    const searcher = join(root, 'searcher.tflite');
    const args = ['convert', index, searcher, '--base', base];
    const { error } = (await runJson(args)).json;
    expect(error).toMatchObject({ code: 'BAD_MODEL', message: expect.stringContaining('--normalize') });
    expect((await run([...args, '--normalize', '0/255'])).code).toBe(0);
    expect((await runJson(['inspect', searcher])).json).toMatchObject({ kind: 'searcher model', rows: 2, dim: 3 });
  });
});
