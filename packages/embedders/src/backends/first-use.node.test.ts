import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallClassifier, wavyPicture } from '../../test/small-models.js';
import { createImageEmbedder } from '../image/image-embedder.js';
import { loadImageEmbedder } from '../image/load-image-embedder.js';
import { saveEmbedder } from '../image/save-embedder.js';
import { chooseBackend } from './choose-backend.node.js';

const packageRoot = join(import.meta.dirname, '../..');
const loader = join(packageRoot, '../cli/scripts/source-loader.mjs');
let folder: string;
const model = () => join(folder, 'a model');
const photo = () => join(folder, 'banana.jpg');

beforeAll(async () => {
  await chooseBackend({ force: 'wasm' });
  folder = await mkdtemp(join(tmpdir(), 'nearkin first use '));
  const { data, width, height } = wavyPicture(40, 30);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toFile(photo());
  const embedder = createImageEmbedder({ kind: 'layers', model: smallClassifier() }, { ownsModel: true });
  await saveEmbedder(embedder, model());
  embedder.dispose();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a program in a process of its own, as a reader of the README does. */
async function run(program: string, environment: Record<string, string> = {}): Promise<string> {
  const args = ['--conditions=nearkin-source', '--import', loader, '--input-type=module', '--eval', program];
  const env = { ...process.env, NEARKIN_BACKEND: '', MODEL: model(), PHOTO: photo(), ...environment };
  return (await promisify(execFile)(process.execPath, args, { cwd: packageRoot, env })).stdout.trim();
}

describe('a program that never heard of backends', () => {
  it('loads an embedder and embeds', async () => {
    const program = `
      import { loadImageEmbedder } from '@nearkin/embedders/node';
      const embedder = await loadImageEmbedder(process.env.MODEL);
      const { dim, count } = await embedder.embed([process.env.PHOTO, process.env.PHOTO]);
      console.log(dim, count);`;
    expect(await run(program)).toBe('5 2');
  });

  it('starts a pool of the built-in embedder, and ends', async () => {
    const program = `
      import { createEmbedderPool, createFilterEmbedder } from '@nearkin/embedders/node';
      const pool = await createEmbedderPool(createFilterEmbedder(), { workers: 1 });
      const { count } = await pool.embed([process.env.PHOTO]);
      console.log(count);`;
    expect(await run(program)).toBe('1');
  });

  it('gets the backend that it set, or the environment asks for', async () => {
    const program = `
      import { getBackend, setBackend } from '@tensorflow/tfjs-core';
      import '@tensorflow/tfjs-backend-cpu';
      import { createFilterEmbedder } from '@nearkin/embedders/node';
      if (process.env.SET) await setBackend(process.env.SET);
      await createFilterEmbedder().embed([process.env.PHOTO]);
      console.log(getBackend());`;
    expect(await run(program, { SET: 'cpu' })).toBe('cpu');
    expect(await run(program, { NEARKIN_BACKEND: 'cpu' })).toBe('cpu');
  });
});

describe('an embedder saved to disk', () => {
  it('is the same when it is loaded', async () => {
    const made = createImageEmbedder(
      { kind: 'layers', model: smallClassifier({ seed: 3 }) },
      { ownsModel: true, preprocessing: { fit: 'pad', background: [1, 2, 3] } },
    );
    const path = join(folder, 'saved');
    await saveEmbedder(made, path);
    for (const source of [path, join(path, 'model.json')]) {
      const loaded = await loadImageEmbedder(source);
      expect([loaded.id, loaded.dim, loaded.preprocessing]).toEqual([made.id, made.dim, made.preprocessing]);
      expect(await loaded.embed([photo()])).toEqual(await made.embed([photo()]));
      loaded.dispose();
    }
    // Saved again over itself, it is what was saved last.
    const other = createImageEmbedder({ kind: 'layers', model: smallClassifier({ seed: 4 }) }, { ownsModel: true });
    await saveEmbedder(other, path);
    const again = await loadImageEmbedder(path);
    expect(again.id).toBe(other.id);
    expect(again.id).not.toBe(made.id);
    for (const embedder of [made, other, again]) embedder.dispose();
  });

  it('is not saved onto a file', async () => {
    const made = createImageEmbedder({ kind: 'layers', model: smallClassifier() }, { ownsModel: true });
    const file = join(folder, 'a file');
    await writeFile(file, 'mine');
    await expect(saveEmbedder(made, join(file, 'inside'))).rejects.toMatchObject({ name: 'NearkinError' });
    made.dispose();
  });
});
