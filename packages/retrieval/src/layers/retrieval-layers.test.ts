import { createGallery, createRng, createVectors, l2Normalize, type NearkinError } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { toyGallery } from '../../test/toy-gallery.js';
import { useBackend } from '../../test/use-backend.js';
import { convertModel } from '../graph/convert-model.js';
import { checkAggregation } from '../matching/aggregation.js';
import { ClassAggregate } from './class-aggregate.js';
import { CosineMatch } from './cosine-match.js';
import { L2Normalize } from './l2-normalize.js';
import { registerRetrievalLayers } from './register-retrieval-layers.js';
import { layOut, retrievalHead } from './retrieval-head.js';

const run = (layer: tfl.layers.Layer, rows: number[][]) => (layer.apply(tf.tensor2d(rows)) as tf.Tensor2D).arraySync();

for (const backend of ['cpu', 'wasm'] as const)
  describe(`retrieval layers on ${backend}`, () => {
    beforeAll(() => useBackend(backend));

    it('L2Normalize gives unit rows, keeps zeros, and stands huge and tiny values', () => {
      const rows = run(new L2Normalize(), [
        [3, -4],
        [0, 0],
        [3e25, 4e25],
        [3e-25, 4e-25],
      ]);
      expect(rows[1]).toEqual([0, 0]);
      for (const [i, expected] of [
        [0, [0.6, -0.8]],
        [2, [0.6, 0.8]],
        [3, [0.6, 0.8]],
      ] as const)
        for (const [d, value] of rows[i]!.entries()) expect(value).toBeCloseTo(expected[d]!, 6);
    });

    it('CosineMatch multiplies with its columns; int8 scales each of them', () => {
      const float = new CosineMatch({ rows: 3 });
      float.build([null, 2]);
      float.setWeights([
        tf.tensor2d([
          [1, 0, 0.6],
          [0, 1, 0.8],
        ]),
      ]);
      for (const [i, value] of run(float, [[0.6, 0.8]])[0]!.entries()) expect(value).toBeCloseTo([0.6, 0.8, 1][i]!, 6);
      const int8 = new CosineMatch({ rows: 2, precision: 'int8' });
      int8.build([null, 2]);
      int8.setWeights([
        tf.tensor2d([
          [127, 3],
          [0, 4],
        ]),
        tf.tensor1d([1 / 127, 1 / 5]),
      ]);
      for (const [i, value] of run(int8, [[0.6, 0.8]])[0]!.entries()) expect(value).toBeCloseTo([0.6, 1][i]!, 6);
    });

    it("CosineMatch with compat 'google' rounds as the 1/128 scheme does", () => {
      const match = new CosineMatch({ rows: 3, compat: 'google' });
      match.build([null, 2]);
      match.setWeights([
        tf.tensor2d([
          [127, 77, -128],
          [0, 102, 0],
        ]),
      ]);
      // Query codes round(128 * 0.6) = 77, round(128 * 0.8) = 102: sums 9779, 16333, -9856; / 128 rounded: 76, 128 -> 127, -77.
      expect(run(match, [[0.6, 0.8]])).toEqual([[76 / 128, 127 / 128, -77 / 128]]);
      // Halves go away from zero: 0.5 and -0.5 of a step.
      expect(run(match, [[0.5 / 128, 0]])[0]![0]).toBe(1 / 128);
      expect(run(match, [[-0.5 / 128, 0]])[0]![0]).toBe(-1 / 128);
    });

    it('100,000 classes take a constant number of nodes', async () => {
      const counts = [];
      for (const classes of [10, 100_000]) {
        // Sizes 1, 2 and 4 at either scale: three buckets.
        const sizes = Array.from({ length: classes }, (_, c) => [1, 2, 3, 4][c % 4]!);
        const labels = sizes.flatMap((size, c) => new Array<string>(size).fill(String(c)));
        const gallery = createGallery({
          vectors: createVectors(new Float32Array(labels.length * 2).fill(Math.SQRT1_2), 2),
          ids: labels.map((_, row) => String(row)),
          labels,
        });
        const input = tfl.input({ shape: [2] });
        const head = retrievalHead(input, {
          gallery,
          settings: checkAggregation({ aggregation: 'mean' }),
          int8: false,
        });
        const model = tfl.model({ inputs: input, outputs: head.output });
        expect(head.output.shape).toEqual([null, classes]);
        const { graph } = await convertModel(model, { input: 'x', output: 'y' });
        counts.push(graph.node.length);
        head.dispose();
      }
      expect(counts[1]).toBe(counts[0]);
      expect(counts[0]).toBeLessThan(60);
    });
  });

describe('retrieval layers', () => {
  beforeAll(() => useBackend('cpu'));

  it('pad with rows that cannot change a score, whatever the sizes', () => {
    const gallery = toyGallery({ labels: ['a', 'b', 'c', 'd'], sizes: [3, 1, 7, 2] });
    const { rows, buckets, share, bestShare, order } = layOut(gallery, checkAggregation({ aggregation: 'topM', m: 3 }));
    expect(buckets).toEqual([
      [1, 1],
      [1, 2],
      [1, 4],
      [1, 8],
    ]);
    expect(rows.length).toBe(15);
    expect(share.reduce((a, b) => a + b, 0)).toBe(13);
    // Three picks of the largest class, three of the next, two of the next; every class's shares add up to 1.
    expect(bestShare.reduce((a, b) => a + b, 0)).toBeCloseTo(3, 6);
    expect(order).toHaveLength(4);
  });

  it('are saved under their package and come back with their configuration', async () => {
    registerRetrievalLayers();
    registerRetrievalLayers();
    const gallery = toyGallery({ labels: ['a', 'b', 'c'], sizes: [3, 1, 2], dim: 4 });
    for (const aggregation of ['max', 'mean', 'topM', 'softmax'] as const) {
      const input = tfl.input({ shape: [4] });
      const settings = checkAggregation({ aggregation, m: 2, temperature: 0.3 });
      const head = retrievalHead(input, { gallery, settings, int8: aggregation === 'mean' });
      const model = tfl.model({ inputs: input, outputs: head.output });
      let saved: tf.io.ModelArtifacts | undefined;
      await model.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = JSON.parse(JSON.stringify({ ...artifacts, weightData: undefined }));
          saved!.weightData = artifacts.weightData!;
          return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
        }),
      );
      const names = (saved!.modelTopology as { config: { layers: { class_name: string }[] } }).config.layers.map(
        (layer) => layer.class_name,
      );
      expect(names).toEqual(['InputLayer', 'Nearkin>L2Normalize', 'Nearkin>CosineMatch', 'Nearkin>ClassAggregate']);
      const loaded = await tfl.loadLayersModel(tf.io.fromMemory(saved!));
      const aggregate = loaded.layers.at(-1) as ClassAggregate;
      expect([aggregate.aggregation, aggregate.m, aggregate.temperature]).toEqual([aggregation, 2, 0.3]);
      const x = tf.randomNormal([3, 4], 0, 1, 'float32', 5);
      expect((loaded.predict(x) as tf.Tensor).arraySync()).toEqual((model.predict(x) as tf.Tensor).arraySync());
    }
  });

  it('refuse inputs that do not fit', () => {
    const code = (make: () => unknown) => {
      try {
        make();
      } catch (error) {
        return (error as NearkinError).code;
      }
      return 'fine';
    };
    expect(code(() => new CosineMatch({ rows: 0 }))).toBe('INVALID_ARGUMENT');
    expect(code(() => run(new ClassAggregate({ aggregation: 'max', buckets: [[2, 2]] }), [[1, 2, 3]]))).toBe(
      'INVALID_ARGUMENT',
    );
  });

  it('int8 per row tells near duplicates apart where scores of 1/128 tie', async () => {
    await useBackend('wasm');
    // Classes in clusters of near duplicates: a query is its class's row with a little noise.
    const dim = 64;
    const classes = 1000;
    const rng = createRng(6);
    const noisy = (base: Float32Array, noise: number) => Float32Array.from(base, (v) => v + noise * rng.normal());
    const centres = Array.from({ length: classes / 10 }, () => Float32Array.from({ length: dim }, () => rng.normal()));
    const rows = Array.from({ length: classes }, (_, c) => noisy(centres[Math.floor(c / 10)]!, 0.1));
    const unit = l2Normalize(createVectors(Float32Array.from(rows.flatMap((row) => [...row])), dim));
    const queries = l2Normalize(createVectors(Float32Array.from(rows.flatMap((row) => [...noisy(row, 0.02)])), dim));
    const gallery = createGallery({
      vectors: unit,
      ids: rows.map((_, c) => String(c)),
      labels: rows.map((_, c) => String(c)),
    });
    const input = tfl.input({ shape: [dim] });
    const top1 = (scores: tf.Tensor2D) => {
      const best = tf.argMax(scores, 1).dataSync();
      return best.filter((c, i) => c === i).length / classes;
    };
    const x = tf.tensor2d(queries.data, [classes, dim]);
    const float = retrievalHead(input, { gallery, settings: checkAggregation({}), int8: false });
    const exact = tfl.model({ inputs: input, outputs: float.output }).predict(x) as tf.Tensor2D;
    const gaps = tf
      .topk(exact, 2)
      .values.arraySync()
      .map(([a, b]) => a! - b!)
      .sort((a, b) => a - b);
    expect(gaps[classes / 2]).toBeLessThan(0.011);
    expect(top1(exact)).toBe(1);
    const int8 = retrievalHead(input, { gallery, settings: checkAggregation({}), int8: true });
    expect(top1(tfl.model({ inputs: input, outputs: int8.output }).predict(x) as tf.Tensor2D)).toBeGreaterThanOrEqual(
      0.995,
    );
    const google = new CosineMatch({ rows: classes, compat: 'google' });
    google.build([null, dim]);
    const codes = tf.round(tf.mul(tf.transpose(tf.tensor2d(unit.data, [classes, dim])), 128));
    google.setWeights([tf.clipByValue(codes, -128, 127)]);
    expect(top1(google.apply(x) as tf.Tensor2D)).toBeLessThan(0.9);
  });
});
