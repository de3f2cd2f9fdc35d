import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithData } from '../../../../testing/shared-data.js';
import { readTable } from '../leveldb/read-table.js';
import { compatSearch } from './compat-search.js';
import { readSearcherIndex } from './read-searcher-index.js';
import { galleryOfSearcher } from './searcher-gallery.js';
import { readTfliteSearcher, writeTfliteSearcher } from './tflite-searcher.js';
import { writeSearcherIndex } from './write-searcher-index.js';

// Expected values of the searchers' own tests in TensorFlow Lite Support.
describeWithData('index files made by TFLite Model Maker', ['tflite-golden'], ([folder]) => {
  const read = async (name: string) => new Uint8Array(await readFile(join(folder!, name)));
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  it('burger.jpg finds itself, then a car, a bird, a dog and a cat', async () => {
    const index = readSearcherIndex(await read('searcher_index.ldb'));
    const embedding = Float32Array.from(
      decode(await read('burger_jpg_embedding.pbtxt')).matchAll(/value_float: (\S+)/g),
      (match) => Number(match[1]),
    );
    const hits = compatSearch(index, embedding);
    expect(hits.map(({ metadata }) => decode(metadata))).toEqual(['burger', 'car', 'bird', 'dog', 'cat']);
    const expected = [0, 1.82244, 1.93094, 2.04736, 2.07587];
    hits.forEach(({ distance }, i) => {
      expect(Math.abs(distance - expected[i]!)).toBeLessThan(1e-5);
    });
    expect(decode(index.userInfo)).toBe('userinfo');
  });

  const weather = 'The weather was excellent.';
  it.each([
    ['regex_index.ldb', 16, weather, [0, 0.000057, 0.000089, 0.000113, 0.000119]],
    ['universal_sentence_encoder_index.ldb', 100, weather, [0, 0.146359, 0.152225, 0.359965, 0.366927]],
  ] as const)('%s: a row as the query', async (name, dim, text, expected) => {
    const index = readSearcherIndex(await read(name));
    expect([index.width, index.count]).toEqual([dim, 5]);
    const { vectors, ids } = galleryOfSearcher(index);
    const row = ids.indexOf(text);
    const hits = compatSearch(index, vectors.data.subarray(row * dim, (row + 1) * dim));
    expect(decode(hits[0]!.metadata)).toBe(text);
    hits.forEach(({ distance }, i) => {
      expect(Math.abs(distance - expected[i]!)).toBeLessThan(1e-6);
    });
  });

  it.each(['searcher_index', 'regex_index', 'universal_sentence_encoder_index', 'mobilebert_index'])(
    '%s is written again byte for byte',
    async (name) => {
      const bytes = await read(`${name}.ldb`);
      expect(writeSearcherIndex(readSearcherIndex(bytes))).toEqual(bytes);
    },
  );

  it('the searcher model holds the regex index', async () => {
    const model = await read('regex_searcher.tflite');
    const { index, indexName } = await readTfliteSearcher(model);
    expect(indexName).toBe('index.ldb');
    expect(writeSearcherIndex(index)).toEqual(await read('regex_index.ldb'));
  });

  it('a searcher model is written from an embedder, and again from a searcher', async () => {
    const { index } = await readTfliteSearcher(await read('regex_searcher.tflite'));
    const embedder = await read('regex_one_embedding_with_metadata.tflite');
    const written = writeTfliteSearcher(embedder, index, { compression: 'snappy' });
    const again = await readTfliteSearcher(written);
    expect(again.indexName).toBe('on_device_scann_index.ldb');
    expect(again.index).toEqual(index);
    // The archive's last file, stored as it is: a device maps it.
    const stored = writeSearcherIndex(index, { compression: 'snappy' });
    const at = Buffer.from(written).indexOf(stored);
    expect(at).toBeGreaterThan(0);
    expect(readTable(written.subarray(at, at + stored.length)).compressed).toBe(true);

    const { metadata, ...rest } = index;
    const other = { ...rest, metadata: metadata.map((byte) => (byte === 0x54 ? 0x74 : byte)) };
    const replaced = await readTfliteSearcher(writeTfliteSearcher(written, other));
    expect(replaced.index).toEqual(other);
    expect(replaced.indexName).toBe('on_device_scann_index.ldb');
  });

  it('refuses models and indexes that do not go together', async () => {
    const embedder = await read('regex_one_embedding_with_metadata.tflite');
    const wide = readSearcherIndex(await read('universal_sentence_encoder_index.ldb'));
    const failure = (code: string) => expect.objectContaining({ code });
    expect(() => writeTfliteSearcher(embedder, wide)).toThrow(failure('DIMENSION_MISMATCH'));
    await expect(readTfliteSearcher(embedder)).rejects.toThrow(failure('NOT_FOUND'));
    await expect(readTfliteSearcher(await read('regex_index.ldb'))).rejects.toThrow(failure('BAD_FORMAT'));
    expect(() => readSearcherIndex(embedder)).toThrow(failure('BAD_FORMAT'));
  });
});
