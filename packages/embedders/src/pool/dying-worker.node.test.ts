import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { embedGallery } from '@nearkin/core';
import { afterAll, expect, it, vi } from 'vitest';
import { wavyPicture } from '../../test/small-models.js';
import { createFilterEmbedder } from '../filters/filter-embedder.js';
import { createEmbedderPool } from './embedder-pool.node.js';

const program = vi.hoisted(() => ({ url: undefined as URL | undefined }));
vi.mock('#worker-entry', () => ({ workerEntry: async () => program.url }));

const folder = mkdtempSync(join(tmpdir(), 'nearkin-dying-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function workersRun(name: string, source: string): void {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, `import { parentPort } from 'node:worker_threads';\n${source}`);
  program.url = pathToFileURL(path);
}
const ready = 'parentPort.postMessage({ ready: true, dim: 1 });';
const pictures = [1, 2, 3, 4, 5, 6].map((side) => wavyPicture(side, side));

it.each([
  ['exits', 'process.exit(7)', /exit code 7/],
  ['throws', "throw new Error('out of memory')", /out of memory/],
])('a worker that %s ends the job, and the pool', async (name, end, reason) => {
  workersRun(name, `${ready} parentPort.on('message', () => { ${end} });`);
  const pool = await createEmbedderPool(createFilterEmbedder(), { workers: 2, batchSize: 1 });
  const failed = { code: 'WORKER_FAILED', message: expect.stringMatching(reason) };
  await expect(pool.embed(pictures)).rejects.toMatchObject(failed);
  await expect(pool.embed(pictures)).rejects.toMatchObject(failed);
  pool.dispose();
});

it('embedGallery does not take a dead worker for bad pictures', async () => {
  workersRun('gallery', `${ready} parentPort.on('message', () => process.exit(7));`);
  const pool = await createEmbedderPool(createFilterEmbedder(), { workers: 1 });
  const errors: unknown[] = [];
  const items = pictures.map((input, i) => ({ id: String(i), input }));
  await expect(embedGallery(pool, items, { onError: (error) => errors.push(error) })).rejects.toMatchObject({
    code: 'WORKER_FAILED',
  });
  expect(errors).toEqual([]);
  pool.dispose();
});

it('a worker that never gets ready fails the start', async () => {
  workersRun('start', 'process.exit(3);');
  await expect(createEmbedderPool(createFilterEmbedder(), { workers: 2 })).rejects.toMatchObject({
    code: 'WORKER_FAILED',
  });
});
