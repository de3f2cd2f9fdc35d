import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedGallery } from '@nearkin/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wavyPicture } from '../../test/small-models.js';
import { chooseBackend } from '../backends/choose-backend.node.js';
import { createFilterEmbedder } from '../filters/filter-embedder.js';
import { createEmbedderPool, type EmbedderPool } from './embedder-pool.node.js';

let folder: string;
let pool: EmbedderPool;
const embedder = createFilterEmbedder();
const paths: string[] = [];

beforeAll(async () => {
  await chooseBackend({ force: 'wasm' });
  folder = await mkdtemp(join(tmpdir(), 'nearkin-pool-'));
  for (let i = 0; i < 11; i++) {
    const { data, width, height } = wavyPicture(60 + 7 * i, 80 - 3 * i);
    paths.push(join(folder, `${i}.jpg`));
    await writeFile(
      paths[i]!,
      await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg()
        .toBuffer(),
    );
  }
  pool = await createEmbedderPool(embedder, { workers: 2 });
});
afterAll(async () => {
  pool.dispose();
  embedder.dispose();
  await rm(folder, { recursive: true });
});

describe('createEmbedderPool', () => {
  it('gives what the embedder gives, bit for bit, for paths, bytes and pictures', async () => {
    expect([pool.id, pool.dim, pool.workers]).toEqual([embedder.id, embedder.dim, 2]);
    const inputs = [...paths, await sharp(paths[0]).png().toBuffer(), wavyPicture(31, 17)];
    expect(await pool.embed(inputs)).toEqual(await embedder.embed(inputs));
    expect((await pool.embed([])).count).toBe(0);
  });

  it('serves embedGallery, which reports the bad picture and keeps the rest', async () => {
    const bad = join(folder, 'bad.jpg');
    await writeFile(bad, 'no picture');
    const items = [bad, ...paths.slice(0, 5)].map((path, i) => ({ id: String(i), input: path }));
    const errors: string[] = [];
    const gallery = await embedGallery(pool, items, {
      onError: (error) => errors.push(`${error.code} ${error.message}`),
    });
    expect(gallery.ids).toEqual(['1', '2', '3', '4', '5']);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^BAD_PICTURE .*bad\.jpg/);
  });

  it('stops when told, and goes on afterwards', async () => {
    const controller = new AbortController();
    const running = pool.embed([...paths, ...paths, ...paths], { signal: controller.signal });
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await pool.embed(paths.slice(0, 1))).count).toBe(1);
    await expect(pool.embed([() => {}] as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('ends what runs when it is disposed of', async () => {
    const other = await createEmbedderPool(embedder, { workers: 1 });
    const running = other.embed(paths);
    other.dispose();
    await expect(running).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(other.embed(paths)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('says why it cannot start', async () => {
    await expect(createEmbedderPool(pool)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(createEmbedderPool(embedder, { workers: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(createEmbedderPool(embedder, { workers: 1, backend: 'tensorflow' })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    });
  });
});
