import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleForNode } from '../../test/bundle-for-node.js';
import { searchFile } from '../../test/search-in-worker.js';
import { smallGallery } from '../../test/small-gallery.js';
import { buildIndex } from '../build/build-index.js';
import { openSource } from './open-source.js';

const bytes = (await buildIndex(smallGallery(), { kind: 'partitioned', partitions: 10 })).toBytes();
const expected = await searchFile(bytes);

describe('an index file in Node', () => {
  let folder: string;
  let child: { folder: string; program: string };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nearkin-file-'));
    await writeFile(join(folder, 'photos.nearkin'), bytes);
    child = await bundleForNode(join(import.meta.dirname, '../../test/search-in-worker.ts'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await rm(child.folder, { recursive: true });
  });

  it('opens from bytes, a path, a file URL and a Blob', async () => {
    const path = join(folder, 'photos.nearkin');
    for (const source of [
      bytes,
      bytes.slice().buffer,
      path,
      pathToFileURL(path),
      String(pathToFileURL(path)),
      new Blob([bytes as Uint8Array<ArrayBuffer>]),
    ]) {
      expect(await searchFile(source)).toEqual(expected);
    }
    await expect(openSource(5 as never)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('opens in a worker, from bytes and from a path', async () => {
    const worker = new Worker(child.program);
    for (const source of [bytes, join(folder, 'photos.nearkin')]) {
      worker.postMessage(source);
      const found = await new Promise((done, fail) => worker.once('message', done).once('error', fail));
      expect(found).toEqual(expected);
    }
    await worker.terminate();
  });
});
