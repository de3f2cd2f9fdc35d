import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleForNode } from '../../test/bundle-for-node.js';
import { sampleSnapshot } from '../../test/sample-snapshot.js';
import { openSource } from './open-source.js';
import { openStoredIndex, snapshotPieces } from './snapshot-file.js';
import { joinPieces } from './write-container.js';

const snapshot = sampleSnapshot({ count: 3000, dim: 32, partitions: 7 });
const bytes = joinPieces(snapshotPieces(snapshot));

describe('an index file in Node', () => {
  let folder: string;
  let child: { folder: string; program: string };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nearkin-file-'));
    await writeFile(join(folder, 'photos.nearkin'), bytes);
    child = await bundleForNode(join(import.meta.dirname, '../../test/read-in-worker.ts'));
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
      const access = await openSource(source);
      expect((await (await openStoredIndex(access)).readSnapshot()).ids).toEqual(snapshot.ids);
      await access.close();
    }
    await expect(openSource(5 as never)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('opens in a worker, from bytes and from a path', async () => {
    const worker = new Worker(child.program);
    for (const source of [bytes, join(folder, 'photos.nearkin')]) {
      worker.postMessage(source);
      const found = await new Promise((done, fail) => worker.once('message', done).once('error', fail));
      expect(found).toMatchObject({ header: snapshot.header, ids: snapshot.ids });
    }
    await worker.terminate();
  });
});
