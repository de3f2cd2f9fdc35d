import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTfliteEmbedder } from '@nearkin/embedders/node';
import { loadClassifier } from '@nearkin/retrieval';
import { readAssociatedFile } from '@nearkin/tflite';
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
  expect((await run(['build', albums, '-o', model, '--name', 'Shapes'])).code).toBe(0);
});
afterAll(() => rm(root, { recursive: true, force: true }));

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
