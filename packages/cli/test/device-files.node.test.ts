import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createGallery,
  createRng,
  createVectors,
  type Gallery,
  l2Normalize,
  readGallery,
  vectorAt,
  writeGallery,
} from '@nearkin/core';
import { buildIndex, openIndex, type SearchIndex, saveIndex } from '@nearkin/searcher';
import {
  compatSearch,
  createSearcherIndex,
  readSearcherIndex,
  type SearcherIndex,
  searchedPartitions,
  writeSearcherIndex,
} from '@nearkin/tflite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithData } from '../../../testing/shared-data.js';
import { run, runJson } from './run-in-process.js';

let root: string;
const in_ = (...names: string[]) => join(root, ...names);
const rng = createRng(9);
const [count, dim] = [700, 14];

/** Unit rows around 20 centres. */
function gallery(options: { labels?: boolean } = {}): Gallery {
  const rng = createRng(2);
  const centres = Array.from({ length: 20 * dim }, () => rng.normal());
  const data = Float32Array.from({ length: count * dim }, (_, i) => {
    const row = Math.floor(i / dim);
    return centres[(row % 20) * dim + (i % dim)]! + 0.4 * rng.normal();
  });
  return createGallery({
    vectors: l2Normalize(createVectors(data, dim)),
    ids: Array.from({ length: count }, (_, row) => `row ${row}`),
    labels: Array.from({ length: count }, (_, row) => (options.labels ? `centre ${row % 20}` : '')),
    modelId: 'embedder-7',
  });
}

const queries = l2Normalize(
  createVectors(
    Float32Array.from({ length: 40 * dim }, () => rng.normal()),
    dim,
  ),
);
const readDevice = async (name: string) => readSearcherIndex(new Uint8Array(await readFile(in_(name))));
const withFloatTables = (index: SearcherIndex): SearcherIndex => ({
  ...index,
  config: {
    ...index.config,
    ...(index.config.indexer ? { indexer: { ...index.config.indexer, lookupType: 'float' } } : {}),
  },
});

/** Both answer every query with the same rows, as far apart as one another says; rows are told apart by their texts. */
function expectSameAnswers(device: SearcherIndex, index: SearchIndex, k: number): void {
  const unit = index.stats().metric !== 'squaredL2';
  for (let q = 0; q < queries.count; q++) {
    const query = vectorAt(queries, q);
    const hits = compatSearch(withFloatTables(device), query, { k });
    const found = index.search(query, { k });
    expect(hits.map(({ metadata }) => idOf(new TextDecoder().decode(metadata)))).toEqual(found.map(({ id }) => id));
    hits.forEach(({ distance }, i) => {
      expect(distance).toBeCloseTo(-found[i]!.score, unit ? 4 : 3);
    });
  }
}

function idOf(text: string): string {
  return text.startsWith('{') ? JSON.parse(text).id : text;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin devices – ö '));
  await writeFile(in_('plain.safetensors'), writeGallery(gallery()));
  await writeFile(in_('labelled.safetensors'), writeGallery(gallery({ labels: true })));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('convert to index files for devices', () => {
  it.each(['plain', 'labelled'])('gives a %s gallery back as it was', async (name) => {
    const { json } = await runJson(['convert', in_(`${name}.safetensors`), in_(`${name}.ldb`), '--metric', 'dot']);
    expect(json).toMatchObject({ format: 'device', rows: count, vectors: 'vectors as they were' });
    await run(['convert', in_(`${name}.ldb`), in_(`${name}.back.safetensors`)]);
    expect(readGallery(await readFile(in_(`${name}.back.safetensors`)))).toEqual(
      gallery({ labels: name === 'labelled' }),
    );
  });

  it('shows devices what is asked for', async () => {
    const args = ['convert', in_('labelled.safetensors'), in_('label.ldb'), '--row-text', 'label', '--snappy'];
    expect((await runJson(args)).json.vectors).toContain('l2_normalize');
    const index = await readDevice('label.ldb');
    const [hit] = compatSearch(index, vectorAt(gallery().vectors, 3), { k: 1 });
    expect(new TextDecoder().decode(hit!.metadata)).toBe('centre 3');
    expect(new TextDecoder().decode(index.userInfo)).toBe('{"modelId":"embedder-7"}');
  });

  it.each(['dot', 'squaredL2'] as const)('keeps codes of whole rows, %s', async (metric) => {
    const shape = ['--kind', 'partitioned', '--partitions', '12', '--metric', metric];
    const { json } = await runJson(['convert', in_('plain.safetensors'), in_('codes.ldb'), ...shape]);
    expect(json.vectors).toBe('product codes as they were');
    const device = await readDevice('codes.ldb');
    expect(device.config.indexer).toMatchObject({ distance: metric, lookupType: 'int8' });
    expect(device.config.indexer!.codebook).toMatchObject({ codewords: 256, widths: Array(dim).fill(1) });

    const back = await runJson(['convert', in_('codes.ldb'), in_('codes.nearkin')]);
    expect(back.json.vectors).toBe('kind partitioned, product codes as they were');
    using index = await openIndex(in_('codes.nearkin'));
    expect(index.stats()).toMatchObject({
      codes: 'pq8',
      residual: false,
      metric,
      partitions: 12,
      modelId: 'embedder-7',
    });
    expect(index.stats().search.partitionsToSearch).toBe(searchedPartitions(device));
    expectSameAnswers(device, index, 5);

    await run(['convert', in_('codes.nearkin'), in_('codes.again.ldb')]);
    expect(await readFile(in_('codes.again.ldb'))).toEqual(await readFile(in_('codes.ldb')));
  });

  it.each([
    ['cosine', 3],
    ['dot', 1],
    ['squaredL2', 2],
  ] as const)('keeps four-bit codes of whole rows, %s, blocks of %i', async (metric, dimensionsPerBlock) => {
    using index = await buildIndex(gallery(), {
      kind: 'partitioned',
      metric,
      partitions: 9,
      partitionsToSearch: 4,
      codes: 'pq4',
      dimensionsPerBlock,
      residual: false,
      reorder: 'float32',
      seed: 4,
    });
    await saveIndex(index, in_('pq4.nearkin'));
    const { json } = await runJson(['convert', in_('pq4.nearkin'), in_('pq4.ldb')]);
    expect(json.vectors).toContain('product codes as they were');
    const device = await readDevice('pq4.ldb');
    expect(device.config.indexer!.codebook.codewords).toBe(16);
    expect(searchedPartitions(device)).toBe(4);
    // Codes decode to what the rows are near: nearer than to any other row's, for most.
    await run(['convert', in_('pq4.ldb'), in_('pq4.safetensors')]);
    const decoded = readGallery(await readFile(in_('pq4.safetensors')));
    const rows = gallery().vectors;
    let error = 0;
    decoded.ids.forEach((id, row) => {
      const original = vectorAt(rows, Number(id.slice(4)));
      vectorAt(decoded.vectors, row).forEach((value, j) => {
        error += (value - original[j]!) ** 2;
      });
    });
    // Unit rows: a permutation that mixes rows up would give about 2.
    expect(error / count).toBeLessThan(0.25);
    // And the codes scan the same rows when they come back.
    await run(['convert', in_('pq4.ldb'), in_('pq4.back.nearkin')]);
    using back = await openIndex(in_('pq4.back.nearkin'));
    expectSameAnswers(device, back, 5);
  });

  it.each([
    ['int8', 'dot'],
    ['bf16', 'cosine'],
    ['float32', 'squaredL2'],
  ] as const)('gives rows kept as %s where codes are of differences, %s', async (reorder, metric) => {
    using index = await buildIndex(gallery(), {
      kind: 'partitioned',
      metric,
      partitions: 10,
      partitionsToSearch: 3,
      reorder,
    });
    await saveIndex(index, in_('rows.nearkin'));
    await run(['convert', in_('rows.nearkin'), in_('rows.ldb')]);
    const device = await readDevice('rows.ldb');
    expect(device.rows).toBeInstanceOf(Float32Array);
    expect(searchedPartitions(device)).toBe(3);
    await run(['convert', in_('rows.nearkin'), in_('rows.safetensors')]);
    const rows = readGallery(await readFile(in_('rows.safetensors')));
    await run(['convert', in_('rows.ldb'), in_('rows.device.safetensors')]);
    const same = readGallery(await readFile(in_('rows.device.safetensors')));
    for (const [at, id] of same.ids.entries())
      expect(vectorAt(same.vectors, at)).toEqual(vectorAt(rows.vectors, rows.ids.indexOf(id)));
    await run(['convert', in_('rows.ldb'), in_('rows.back.nearkin')]);
    using back = await openIndex(in_('rows.back.nearkin'));
    expectSameAnswers(device, back, 4);
  });

  it('gives what codes of differences stand for when an index has nothing else', async () => {
    using index = await buildIndex(gallery(), {
      kind: 'partitioned',
      metric: 'squaredL2',
      partitions: 6,
      reorder: 'none',
    });
    await saveIndex(index, in_('bare.nearkin'));
    const { json } = await runJson(['convert', in_('bare.nearkin'), in_('bare.ldb')]);
    expect(json.vectors).toBe('the vectors that product codes stand for');
    const decoded = compatSearch(await readDevice('bare.ldb'), vectorAt(queries, 0), { k: 1, partitionsToSearch: 6 });
    const [hit] = index.search(vectorAt(queries, 0), { k: 1, partitionsToSearch: 6 });
    expect(decoded[0]!.distance).toBeCloseTo(-hit!.score, 1);
  });

  it('decodes codes of blocks of any width, which an index does not have', async () => {
    const codebook = { widths: [1, 3, 2], codewords: 2, data: Float32Array.from({ length: 12 }, () => rng.normal()) };
    const device = createSearcherIndex({
      config: { indexer: { codebook, distance: 'squaredL2' } },
      rows: Uint8Array.of(0, 0, 0, 0, 1, 0, 1, 1, 1),
      width: 3,
      metadata: ['x', 'y', 'z'],
    });
    await writeFile(in_('uneven.ldb'), writeSearcherIndex(device));
    const { json } = await runJson(['convert', in_('uneven.ldb'), in_('uneven.nearkin')]);
    expect(json.vectors).toContain('stand for');
    using index = await openIndex(in_('uneven.nearkin'));
    const query = Float32Array.from({ length: 6 }, () => rng.normal());
    const hits = compatSearch(device, query);
    expect(hits.map(({ row }) => 'xyz'[row])).toEqual(index.search(query, { k: 3 }).map(({ id }) => id));
  });

  it('refuses rows that stand twice, and what has no codebook', async () => {
    using twice = await buildIndex(gallery(), { kind: 'partitioned', metric: 'dot', partitions: 10, soar: 1 });
    await saveIndex(twice, in_('soar.nearkin'));
    const failed = await runJson(['convert', in_('soar.nearkin'), in_('soar.ldb')]);
    expect(failed.json.error).toMatchObject({ code: 'UNSUPPORTED' });
    const bare = createSearcherIndex({ config: {}, rows: Uint8Array.of(1), width: 1, metadata: ['x'] });
    await writeFile(in_('no codebook.ldb'), writeSearcherIndex(bare));
    const none = await runJson(['convert', in_('no codebook.ldb'), in_('no.nearkin')]);
    expect(none.json.error).toMatchObject({ code: 'UNSUPPORTED' });
    const base = await runJson(['convert', in_('no codebook.ldb'), in_('no.tflite')]);
    expect(base.json.error).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('inspect', () => {
  it('says what an index file for devices holds', async () => {
    const shape = ['--kind', 'partitioned', '--partitions', '8'];
    await run(['convert', in_('plain.safetensors'), in_('inspect.ldb'), ...shape]);
    const { json } = await runJson(['inspect', in_('inspect.ldb')]);
    expect(json).toMatchObject({
      kind: 'device index',
      rows: count,
      dim,
      distance: 'dot',
      lookupType: 'int8',
      partitions: 8,
    });
    expect(json.codebook).toMatchObject({ blocks: dim, codewords: 256 });
    const { stdout } = await run(['inspect', in_('inspect.ldb')]);
    expect(stdout).toContain(`700 of ${dim} codes (256 codewords, int8 tables), by dot`);
    expect(stdout).toContain('embedder-7');
  });

  it('refuses damaged files', async () => {
    await run(['convert', in_('plain.safetensors'), in_('damaged.ldb')]);
    const bytes = await readFile(in_('damaged.ldb'));
    bytes[100]! ^= 1;
    await writeFile(in_('damaged.ldb'), bytes);
    expect((await runJson(['inspect', in_('damaged.ldb')])).json.error).toMatchObject({ code: 'BAD_FORMAT' });
  });
});

describeWithData('searcher models', ['tflite-golden'], ([folder]) => {
  it('are told from other models', async () => {
    const { json } = await runJson(['inspect', join(folder!, 'mobilenet_v1_0.25_224_quant.tflite')]);
    expect(json).toMatchObject({
      kind: 'tflite model',
      inputs: [{ shape: [1, 224, 224, 3], type: 'uint8' }],
      outputs: [{ shape: [1, 1001] }],
      files: [{ name: 'labels.txt' }],
      metadata: { author: 'TensorFlow' },
    });
    const { stdout } = await run(['inspect', join(folder!, 'mobilenet_v1_0.25_224_quant.tflite')]);
    expect(stdout).toContain('CONV_2D');
  });

  it('are made, told and taken apart', async () => {
    const searcher = in_('searcher.tflite');
    const embedder = join(folder!, 'regex_one_embedding_with_metadata.tflite');
    const { json } = await runJson(['convert', join(folder!, 'regex_index.ldb'), searcher, '--base', embedder]);
    expect(json).toMatchObject({ format: 'model', rows: 5, vectors: 'the index as it was' });
    expect((await runJson(['inspect', searcher])).json).toMatchObject({
      kind: 'searcher model',
      rows: 5,
      dim: 16,
      distance: 'squaredL2',
      userInfo: 'userinfo',
      indexName: 'on_device_scann_index.ldb',
    });
    await run(['convert', searcher, in_('regex.ldb')]);
    expect(await readFile(in_('regex.ldb'))).toEqual(await readFile(join(folder!, 'regex_index.ldb')));
    await run(['convert', searcher, in_('regex.nearkin')]);
    await run(['convert', in_('regex.nearkin'), in_('regex.again.ldb')]);
    const again = await readDevice('regex.again.ldb');
    expect({ ...again, userInfo: undefined }).toEqual({ ...(await readDevice('regex.ldb')), userInfo: undefined });
  });
});
