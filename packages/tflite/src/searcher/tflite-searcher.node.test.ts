import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng, createVectors, NearkinError } from '@nearkin/core';
import { expect, it } from 'vitest';
import { describeWithData } from '../../../../testing/shared-data.js';
import { mutationPlan, mutationTimeout } from '../../test/mutation-plan.js';
import { readMetadata } from '../metadata/read-metadata.js';
import { splitModel } from '../metadata/zip-entries.js';
import { readModel } from '../model/read-model.js';
import { createSearcherIndex } from './searcher-index.js';
import { readTfliteSearcher, writeTfliteSearcher } from './tflite-searcher.js';

const { mutations, seed } = mutationPlan(400);
const slack = 256 * 1024;

describeWithData('searcher models', ['tflite-golden'], ([folder]) => {
  const read = async (name: string) => new Uint8Array(await readFile(join(folder!, name)));

  it(`are refused or read when damaged (${mutations} times)`, { timeout: mutationTimeout }, async () => {
    const whole = await read('regex_searcher.tflite');
    const { model, entries } = splitModel(whole);
    const rng = createRng(seed);
    // Where damage is most likely to lead astray: the tables at both ends of the model, and behind it.
    const regions: [number, number][] = [
      [0, 2000],
      [model.length - 6000, model.length],
      [whole.length - 1200, whole.length],
      [0, whole.length],
    ];
    const bytes = whole.slice();
    let refused = 0;
    for (let i = 0; i < mutations; i++) {
      const undo: [number, number][] = [];
      for (let n = 1 + rng.integer(3); n > 0; n--) {
        const [low, high] = regions[rng.integer(regions.length)]!;
        const at = low + rng.integer(high - low);
        undo.unshift([at, bytes[at]!]);
        bytes[at] = rng.integer(2) ? rng.integer(256) : bytes[at]! ^ (1 << rng.integer(8));
      }
      const before = process.memoryUsage().arrayBuffers;
      const started = performance.now();
      const cut = rng.integer(10) === 0 ? bytes.subarray(0, rng.integer(bytes.length)) : bytes;
      try {
        await readTfliteSearcher(cut);
      } catch (error) {
        if (!(error instanceof NearkinError)) throw error;
        expect(['BAD_FORMAT', 'UNSUPPORTED', 'UNSUPPORTED_VERSION', 'TOO_LARGE', 'NOT_FOUND']).toContain(error.code);
        refused++;
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * cut.length + slack);
      // Far above what it takes: only a hang gets here.
      expect(performance.now() - started).toBeLessThan(10_000);
      for (const [at, byte] of undo) bytes[at] = byte;
    }
    expect(Buffer.compare(bytes, whole)).toBe(0);
    expect(refused).toBeGreaterThan(mutations / 10);
    expect(entries.map(({ name }) => name)).toEqual(['vocab.txt', 'index.ldb']);
  });

  it.each([
    ['mobilenet_v1_0.25_224_quant.tflite', undefined, [127.5]],
    ['mobilenet_v1_0.25_224_1_default_1.tflite', { mean: [100, 110, 120], std: [50] }, [100, 110, 120]],
  ] as const)('keep everything else of %s', async (name, normalization, mean) => {
    const embedder = await read(name);
    const before = readModel(splitModel(embedder).model);
    const dim = before.tensor(before.outputs[0]!).shape.at(-1)!;
    const rows = 30;
    const index = createSearcherIndex({
      config: {
        distance: 'dot',
        partitioner: { leaves: createVectors(new Float32Array(3 * dim).fill(1), dim), searchFraction: 0.5 },
      },
      rows: new Float32Array(rows * dim).fill(0.5),
      width: dim,
      assignments: Array.from({ length: rows }, (_, row) => row % 3),
      metadata: Array.from({ length: rows }, (_, row) => `row ${row}`),
    });
    if (normalization)
      expect(() => writeTfliteSearcher(embedder, index)).toThrow(expect.objectContaining({ code: 'BAD_MODEL' }));
    const written = writeTfliteSearcher(embedder, index, { indexName: 'photos.ldb', normalization });
    const parts = splitModel(written);
    const after = readModel(parts.model);
    expect([after.inputs, after.outputs, after.operatorCount]).toEqual([
      before.inputs,
      before.outputs,
      before.operatorCount,
    ]);
    expect(readMetadata(after)!.normalization!.mean).toEqual(mean);
    expect(readMetadata(after)!.name).toBe(readMetadata(before)?.name);
    expect(readMetadata(after)!.files).toContainEqual({ name: 'photos.ldb', kind: 'scann-index', of: 'output' });
    for (let i = 0; i < before.tensorCount; i++) {
      expect(after.tensor(i)).toEqual(before.tensor(i));
      expect(Buffer.compare(after.buffer(after.tensor(i).buffer), before.buffer(before.tensor(i).buffer))).toBe(0);
    }
    for (let i = 0; i < before.operatorCount; i++) expect(after.operator(i)).toEqual(before.operator(i));
    const old = splitModel(embedder).entries.map(({ name, crc32 }) => [name, crc32]);
    expect(parts.entries.slice(0, -1).map(({ name, crc32 }) => [name, crc32])).toEqual(old);
    expect((await readTfliteSearcher(written)).index).toEqual(index);
  });
});
