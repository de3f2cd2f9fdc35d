import { describe, expect, it } from 'vitest';
import { dim, randomGallery, smallClassifier, tinyEmbedder } from '../../test/small-models.js';
import { exportTflite } from '../export/export-tflite.js';
import { createSearcherIndex } from '../searcher/searcher-index.js';
import { readTfliteSearcher, writeTfliteSearcher } from '../searcher/tflite-searcher.js';
import { appendZip, storedEntry } from './append-zip.js';
import { crc32 } from './crc-32.js';
import { readAssociatedFile } from './describe-tflite.js';
import { unpackEntry } from './unpack-entry.js';
import { splitModel, type ZipEntry } from './zip-entries.js';

const text = (value: string) => new TextEncoder().encode(value);
const model = Uint8Array.from({ length: 48 }, (_, i) => i);

async function deflated(name: string, content: Uint8Array): Promise<ZipEntry> {
  const stream = new Blob([content as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  const stored = new Uint8Array(await new Response(stream).arrayBuffer());
  return { name, stored, method: 8, crc32: crc32(content), size: content.length };
}

describe('the archive behind a model', () => {
  it('has the checksum of zip', () => {
    expect(crc32(text('123456789'))).toBe(0xcbf43926);
  });

  it('is parted from the model, and its files come back', async () => {
    const entries = [
      storedEntry('labels.txt', text('kiwi\nmango')),
      await deflated('größe.txt', text('x'.repeat(400))),
    ];
    const file = appendZip(model, entries);
    const parts = splitModel(file);
    expect(parts.model).toEqual(model);
    expect(parts.entries.map(({ name }) => name)).toEqual(['labels.txt', 'größe.txt']);
    const contents = await Promise.all(parts.entries.map((entry) => unpackEntry(entry, { limit: 1000 })));
    expect(contents.map((content) => new TextDecoder().decode(content))).toEqual(['kiwi\nmango', 'x'.repeat(400)]);
  });

  it('is found where offsets count from its own start', () => {
    const alone = appendZip(new Uint8Array(0), [storedEntry('a', text('1'))]);
    const file = new Uint8Array(model.length + alone.length);
    file.set(model);
    file.set(alone, model.length);
    expect(splitModel(file).model).toEqual(model);
  });

  it('may be missing', () => {
    expect(splitModel(model)).toEqual({ model, entries: [] });
    expect(appendZip(model, [])).toBe(model);
  });

  it('is not unpacked when it is a bomb, or announces less than it holds', async () => {
    const bomb = await deflated('bomb', new Uint8Array(1_000_000));
    await expect(unpackEntry(bomb, { limit: 1e9 })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await expect(unpackEntry({ ...bomb, size: 5000 }, { limit: 1e9 })).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    const fair = await deflated('fair', text('abc'));
    await expect(unpackEntry(fair, { limit: 2 })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await expect(unpackEntry({ ...fair, crc32: 1 }, { limit: 9 })).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    await expect(unpackEntry({ ...fair, method: 12 }, { limit: 9 })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const torn = { ...fair, stored: fair.stored.subarray(0, 2) };
    await expect(unpackEntry(torn, { limit: 9 })).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  });

  it('may hold a zip bomb in a whole model: labels, or a search index, are not unpacked', async () => {
    const embedder = tinyEmbedder().bytes;
    const labels = await deflated('labels.txt', new Uint8Array(1_000_000));
    await expect(readAssociatedFile(appendZip(embedder, [labels]), 'labels.txt')).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
    const index = createSearcherIndex({ config: {}, rows: new Float32Array(dim), width: dim, metadata: ['x'] });
    const normalization = { mean: [127.5], std: [127.5] };
    const searcher = writeTfliteSearcher(embedder, index, { indexName: 'photos.ldb', normalization });
    expect((await readTfliteSearcher(searcher)).index.count).toBe(1);
    const bomb = await deflated('photos.ldb', new Uint8Array(1_000_000));
    await expect(readTfliteSearcher(appendZip(splitModel(searcher).model, [bomb]))).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
    // What is kept is kept as it is packed.
    const kept = splitModel(exportTflite(smallClassifier(randomGallery(2, () => 1)), appendZip(embedder, [bomb])));
    expect(kept.entries.map(({ name, stored }) => [name, stored.length])).toContainEqual([
      bomb.name,
      bomb.stored.length,
    ]);
  });

  it('is a typed error when it is damaged', () => {
    const file = appendZip(model, [storedEntry('labels.txt', text('kiwi'))]);
    const view = new DataView(file.buffer);
    for (const [at, value] of [
      [file.length - 6, 0xfffffff], // offset of the directory
      [file.length - 10, 0xfffffff], // its size
      [file.length - 22 - 10 - 4, 0xfffffff], // offset of the file
      [file.length - 22 - 56 + 20, 0xfffffff], // packed size
      [model.length, 0], // signature of the file
    ] as const) {
      const damagedFile = file.slice();
      new DataView(damagedFile.buffer).setUint32(at, value, true);
      expect(() => splitModel(damagedFile), String(at)).toThrow(expect.objectContaining({ code: 'BAD_FORMAT' }));
    }
    expect(view.getUint32(model.length, true)).toBe(0x04034b50);
  });
});
