import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadClassifier } from '@nearkin/retrieval';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawAlbums, drawShape, labels } from './draw-albums.js';
import { run, runJson } from './run-in-process.js';

let root: string;
let gallery: string;
let queries: string;
let model: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin cli – ö '));
  gallery = await drawAlbums(join(root, 'gallery'), { sizes: [30, 36] });
  queries = await drawAlbums(join(root, 'queries'), { sizes: [33] });
  model = join(root, 'model');
  const { code, stderr } = await run(buildArgs(model));
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** By filters, which stay what they are. */
const buildArgs = (output: string) => [
  'build',
  gallery,
  '-o',
  output,
  '--embedder',
  'filters',
  '--name',
  'Shapes',
  '--license',
  'CC0-1.0',
];

/** A copy of the model, to be edited. */
async function copyModel(name: string): Promise<string> {
  await cp(model, join(root, name), { recursive: true });
  return join(root, name);
}

describe('build', () => {
  it('says what it built from what', async () => {
    const target = join(root, 'again');
    const { code, json, stdout } = await runJson(['build', gallery, '-o', target, '--quantize', 'int8']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(json).toMatchObject({
      model: target,
      classes: 16,
      pictures: 32,
      skipped: [],
      aggregation: 'max',
      quantize: 'int8',
      trainingSteps: 0,
      embedder: { source: 'starter', dim: 128 },
    });
    expect(await readdir(target)).toContain('model.json');

    const text = await run(['build', gallery, '-o', target]);
    expect(text.stdout).toContain('16 classes from 32 pictures');
    expect(text.stdout).toContain('0 training steps');
  });

  it('gives the same bytes for the same albums', async () => {
    const other = join(root, 'other');
    await run(buildArgs(other));
    expect(await readdir(other)).toEqual(await readdir(model));
    for (const file of await readdir(model))
      expect(await readFile(join(other, file))).toEqual(await readFile(join(model, file)));
  });

  it('takes model.json as the name of its folder', async () => {
    const file = join(root, 'by file', 'model.json');
    expect((await run(['build', gallery, '-o', file])).code).toBe(0);
    const [row] = (await loadClassifier(join(root, 'by file'))).gallery.metadata as { picture: string }[];
    expect(row).toEqual({ picture: '../gallery/blue bars/30.png' });
    expect((await runJson(['classify', file, join(queries, 'red circle', '33.png')])).code).toBe(0);
  });

  it('leaves out bad pictures, and names them', async () => {
    const albums = await drawAlbums(join(root, 'half bad'), { labels: labels.slice(0, 3), sizes: [30] });
    await writeFile(join(albums, labels[0]!, 'note.jpg'), 'not a picture');
    const whole = await readFile(join(gallery, labels[1]!, '30.png'));
    await writeFile(join(albums, labels[1]!, 'cut.png'), whole.subarray(0, whole.length / 2));
    const { code, json, stderr } = await runJson(['build', albums, '-o', join(root, 'from half bad')]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ classes: 3, pictures: 3 });
    expect(json.skipped.map(({ image, code: reason }: { image: string; code: string }) => [image, reason])).toEqual(
      [
        [`${labels[1]}/cut.png`, 'BAD_PICTURE'],
        [`${labels[0]}/note.jpg`, 'BAD_PICTURE'],
      ].sort(),
    );
    expect(stderr).toContain('Left out 2 pictures');
    expect(stderr).toContain('note.jpg');
  });
});

describe('classify', () => {
  it('gives the documented shape', async () => {
    const image = join(queries, 'red circle', '33.png');
    const { code, json } = await runJson(['classify', model, image, '-k', '2']);
    expect(code).toBe(0);
    expect(json).toEqual([
      {
        image,
        predictions: [
          {
            label: 'red circle',
            score: expect.any(Number),
            nearestId: expect.stringMatching(/^red circle\/3[06]\.png$/),
          },
          { label: expect.any(String), score: expect.any(Number), nearestId: expect.any(String) },
        ],
        unknown: false,
      },
    ]);
    expect(json[0].predictions[0].score).toBeGreaterThan(json[0].predictions[1].score);
  });

  it('takes folders and files, each once, and shows bars', async () => {
    const { json } = await runJson(['classify', model, queries, join(queries, 'red circle', '33.png')]);
    expect(json).toHaveLength(16);
    const { stdout } = await run(['classify', model, join(queries, 'blue bars', '33.png')]);
    expect(stdout).toContain('blue bars');
    expect(stdout).toContain('█');
    expect(stdout).toMatch(/blue bars\/3[06]\.png/);
  });

  it('keeps going past a picture that cannot be read', async () => {
    const [good, bad] = [join(queries, 'red circle', '33.png'), join(root, 'missing.jpg')];
    const { code, json, stderr } = await runJson(['classify', model, bad, good]);
    expect(code).toBe(0);
    expect(json[0]).toMatchObject({ image: bad, predictions: [], error: { code: 'NOT_FOUND' } });
    expect(json[1]).toMatchObject({ image: good, predictions: [{ label: 'red circle' }, {}, {}] });
    expect(stderr).toContain('missing.jpg');
  });

  it('says unknown below the threshold', async () => {
    const strict = join(root, 'strict');
    await run(['build', gallery, '-o', strict, '--unknown-below', '1']);
    const image = join(root, 'between.png');
    await writeFile(image, await drawShape('red circle', 33));
    expect((await runJson(['classify', strict, image])).json[0].unknown).toBe(true);
    expect((await run(['classify', strict, image])).stdout).toContain('unknown');
  });
});

describe('eval', () => {
  it('counts by hand: one album lies', async () => {
    const albums = await drawAlbums(join(root, 'lying'), { labels: labels.slice(0, 4), sizes: [33] });
    await writeFile(join(albums, 'red circle', 'lie.png'), await drawShape('blue bars', 33));
    const { code, json } = await runJson(['eval', model, albums]);
    expect(code).toBe(0);
    expect(json.top1).toMatchObject({ correct: 4, total: 5, value: 0.8 });
    // Wilson for 4 of 5 at 95 %, as tables have it.
    expect(json.top1.low).toBeCloseTo(0.3755, 3);
    expect(json.top1.high).toBeCloseTo(0.9638, 3);
    expect(json.top5.total).toBe(5);
    expect(json.perClass).toHaveLength(4);
    expect(json.confusion).toEqual([
      { expected: 'red circle', predicted: 'blue bars', count: 1, examples: ['red circle/lie.png'] },
    ]);
    const { stdout } = await run(['eval', model, albums]);
    expect(stdout).toContain('80.0 %');
    expect(stdout).toMatch(/red circle +taken for blue bars/);
  });

  it('writes one self-contained page with the pictures of the mistakes', async () => {
    const albums = await drawAlbums(join(root, 'lying too'), { labels: labels.slice(0, 2), sizes: [33] });
    await writeFile(join(albums, 'red circle', 'lie.png'), await drawShape('blue bars', 33));
    const report = join(root, 'reports', 'report.html');
    const { json } = await runJson(['eval', model, albums, '--report', report]);
    expect(json.report).toBe(report);
    const page = await readFile(report, 'utf8');
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).toContain('red circle/lie.png');
    // The three pictures asked about, the lie among them, and the gallery picture that decided; each stands there once.
    expect(page.match(/data:image\/webp;base64,/g)).toHaveLength(4);
    expect(page).toContain('Map by PCA of 3 pictures');
    expect(page).not.toMatch(/(src|href)="(?!data:|#)/);
    expect(await readdir(join(root, 'reports'))).toEqual(['report.html']);
  });

  it('names albums of classes that are not there', async () => {
    const albums = await drawAlbums(join(root, 'strangers'), { labels: labels.slice(0, 1), sizes: [33] });
    await drawAlbums(join(albums, 'zebra'), { labels: ['red bars'], sizes: [33] });
    const { json, stderr } = await runJson(['eval', model, albums]);
    expect(json.unknownLabels).toEqual(['zebra']);
    expect(json.top1).toMatchObject({ correct: 1, total: 2 });
    expect(stderr).toContain('zebra');
  });
});

describe('add and remove', () => {
  it('teach and forget a class, as a rebuild would', async () => {
    const target = await copyModel('edited');
    const removed = await runJson(['remove', target, 'red circle']);
    expect(removed.json).toMatchObject({ label: 'red circle', removed: 2, classes: 15, pictures: 30 });
    const image = join(queries, 'red circle', '33.png');
    expect((await runJson(['classify', target, image])).json[0].predictions[0].label).not.toBe('red circle');

    const added = await runJson(['add', target, 'red circle', join(gallery, 'red circle')]);
    expect(added.json).toMatchObject({ newClass: true, classes: 16, pictures: 32, skipped: [] });
    expect(added.json.ids).toEqual(['red circle/30.png', 'red circle/36.png']);
    const [edited, built] = await Promise.all([target, model].map((path) => runJson(['classify', path, image])));
    expect(edited!.json[0].predictions).toEqual(built!.json[0].predictions);
  });

  it('extend a class, and give every picture an id of its own', async () => {
    const target = await copyModel('extended');
    const { json } = await runJson(['add', target, 'red circle', join(gallery, 'green circle', '30.png')]);
    expect(json).toMatchObject({ newClass: false, classes: 16, pictures: 33, ids: ['red circle/30 (2).png'] });
  });

  it('take any label', async () => {
    const target = await copyModel('hostile');
    for (const label of ['__proto__', 'constructor', '猫 "cat" \u001b[2J']) {
      const image = join(queries, 'yellow bars', '33.png');
      expect((await run(['add', target, label, image])).stdout).not.toContain('\u001b');
      const { json } = await runJson(['classify', target, image, '-k', '1']);
      expect(json[0].predictions[0].label).toBe(label);
      expect((await runJson(['remove', target, label])).json.classes).toBe(16);
    }
  });
});

describe('export and inspect', () => {
  it('a classifier', async () => {
    const { json } = await runJson(['inspect', model]);
    expect(json).toMatchObject({
      kind: 'classifier',
      classes: 16,
      pictures: 32,
      aggregation: 'max',
      labels: expect.any(Array),
    });
    expect(json.metadata).toEqual({ name: 'Shapes', license: 'CC0-1.0' });
    expect((await run(['inspect', model])).stdout).toContain('Shapes');
  });

  it('a graph, which is another model and opens as one', async () => {
    const target = join(root, 'graph');
    const { code, json } = await runJson(['export', model, '--format', 'graph', '-o', target]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ format: 'graph', output: target, classes: 16 });
    expect((await runJson(['inspect', join(target, 'model.json')])).json).toMatchObject({ kind: 'graph-model' });
  });

  it('layers, which open as a classifier', async () => {
    const target = join(root, 'layers');
    expect((await run(['export', model, '--format', 'layers', '-o', target])).code).toBe(0);
    expect((await runJson(['inspect', target])).json).toMatchObject({ kind: 'classifier', classes: 16 });
  });

  it('a gallery file', async () => {
    const { createGallery, createVectors, writeGallery } = await import('@nearkin/core');
    const file = join(root, 'pets.safetensors');
    const vectors = createVectors(new Float32Array([1, 0, 0, 1]), 2);
    await writeFile(
      file,
      writeGallery(createGallery({ vectors, ids: ['a', 'b'], labels: ['cat', 'dog'], modelId: 'toy' })),
    );
    expect((await runJson(['inspect', file])).json).toEqual({
      path: file,
      kind: 'gallery',
      rows: 2,
      dim: 2,
      classes: 2,
      labels: ['cat', 'dog'],
      modelId: 'toy',
    });
  });
});

describe('doctor', () => {
  it('times what runs and explains what does not', async () => {
    const { code, json } = await runJson(['doctor']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ node: process.versions.node, decoder: { name: 'sharp' } });
    const wasm = json.backends.find(({ name }: { name: string }) => name === 'wasm');
    expect(wasm.available).toBe(true);
    expect(wasm.milliseconds).toBeGreaterThan(0);
    for (const { available, reason } of json.backends) if (!available) expect(reason).toBeTruthy();
  });
});
