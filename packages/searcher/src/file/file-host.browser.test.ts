import { afterEach, describe, expect, it } from 'vitest';
import { sameBytes } from '../../test/same-bytes.js';
import { sampleSnapshot } from '../../test/sample-snapshot.js';
import { searchFile } from '../../test/search-in-worker.js';
import { smallGallery } from '../../test/small-gallery.js';
import { buildIndex } from '../build/build-index.js';
import { saveIndex } from './index-file.js';
import { openLastingIndex } from './lasting-index.js';
import { type IndexSource, openSource, writeTarget } from './open-source.js';
import { openStoredIndex, snapshotPieces } from './snapshot-file.js';
import { joinPieces } from './write-container.js';

const snapshot = sampleSnapshot({ count: 3000, dim: 32, partitions: 7 });
const pieces = snapshotPieces(snapshot);
const bytes = joinPieces(pieces) as Uint8Array<ArrayBuffer>;
const address = 'opfs://albums/photos.nearkin';
const idsOf = async (source: IndexSource) =>
  (await (await openStoredIndex(await openSource(source))).readSnapshot()).ids;

describe('an index file in a browser', () => {
  afterEach(async () => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry('albums', { recursive: true }).catch(() => {});
  });

  it('needs no shared memory', () => {
    expect(globalThis.crossOriginIsolated).toBe(false);
  });

  it('is saved to browser storage and read in pieces from there', async () => {
    await writeTarget(address, snapshotPieces(sampleSnapshot()));
    await writeTarget(address, pieces);
    const { sections } = await openStoredIndex(await openSource(address));
    const part = await sections.read('rows.int8', { offset: 40_000, length: 100 });
    expect(sameBytes(part, snapshot.sections.get('rows.int8')!.subarray(40_000, 40_100))).toBe(true);
    expect(await idsOf(address)).toEqual(snapshot.ids);
  });

  it('is saved through a file handle, and read from it, a File and bytes', async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('albums', { create: true });
    const handle = await folder.getFileHandle('x.nearkin', { create: true });
    await writeTarget(handle, pieces);
    for (const source of [handle, await handle.getFile(), bytes, bytes.buffer])
      expect(await idsOf(source)).toEqual(snapshot.ids);
  });

  it('keeps the old file when writing fails', async () => {
    await writeTarget(address, pieces);
    const failing = [bytes.subarray(0, 1000), null as unknown as Uint8Array];
    await expect(writeTarget(address, failing)).rejects.toMatchObject({ code: 'IO_ERROR' });
    expect(await idsOf(address)).toEqual(snapshot.ids);
  });

  it('answers the same in a worker, from bytes and from browser storage', async () => {
    const index = await buildIndex(smallGallery(), { kind: 'partitioned', partitions: 10 });
    await saveIndex(index, address);
    const saved = index.toBytes();
    const expected = await searchFile(saved);
    expect(await searchFile(address)).toEqual(expected);
    const worker = new Worker(new URL('../../test/search-in-worker.ts', import.meta.url), { type: 'module' });
    for (const source of [saved, address]) {
      const found = new Promise((done, fail) => {
        worker.onmessage = ({ data }) => done(data);
        worker.onerror = fail;
      });
      worker.postMessage(source);
      expect(await found).toEqual(expected);
    }
    worker.terminate();
  });

  it('keeps no log of changes', async () => {
    await writeTarget(address, pieces);
    await expect(openLastingIndex(address)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('says what is not there, and what a browser cannot do', async () => {
    await expect(openSource('opfs://none.nearkin')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const place of ['photos.nearkin', '/tmp/x', 'opfs://../x', 'opfs://'])
      await expect(openSource(place)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(writeTarget('https://example.com/x', pieces)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});
