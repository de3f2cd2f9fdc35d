import { createRng, createVectors, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { rankedMetrics } from '../ranked/ranked-metrics.js';
import { type CrossModalMetricsOptions, crossModalMetrics } from './cross-modal-metrics.js';

describe('crossModalMetrics', () => {
  it('gives the hand-computed figures of three images with two texts each', async () => {
    const similarity = [
      [0.9, 0.1, 0.8, 0.3, 0.2, 0.7],
      [0.5, 0.6, 0.4, 0.2, 0.1, 0.3],
      [0.2, 0.3, 0.1, 0.4, 0.7, 0.9],
    ];
    const result = await crossModalMetrics({ similarity, k: [1, 2] });
    // Texts 0 and 1 belong to image 0, and so on: ranks among the images.
    expect(result.ranks.textToImage).toEqual([1, 3, 2, 3, 1, 1]);
    expect(result.ranks.imageToText).toEqual([1, 3, 1]);
    expect(result.textToImage).toEqual({
      'R@1': 3 / 6,
      'R@2': 4 / 6,
      medianRank: 1 + Math.floor(0.5),
      meanRank: 11 / 6,
    });
    expect(result.imageToText).toEqual({ 'R@1': 2 / 3, 'R@2': 2 / 3, medianRank: 1, meanRank: 5 / 3 });
    expect(result.rsum).toBeCloseTo(3 / 6 + 4 / 6 + 4 / 3, 14);
  });

  it('agrees with rankedMetrics in every tie policy, which is tested against all orders', async () => {
    const rng = createRng(4);
    for (let round = 0; round < 20; round++) {
      const images = 2 + rng.integer(4);
      const texts = images * 2;
      const similarity = Array.from({ length: images }, () => Array.from({ length: texts }, () => rng.integer(3)));
      const imageOfText = Array.from({ length: texts }, () => rng.integer(images));
      const column = (t: number) => similarity.map((row) => row[t]!);
      const imageIds = similarity.map((_, i) => `${(i * 7) % 5}`);
      const textIds = imageOfText.map((_, t) => `${(t * 5) % 11}`);
      for (const ties of ['index', 'trec', 'optimistic', 'pessimistic', 'expected'] as const) {
        const { textToImage, imageToText } = await crossModalMetrics({
          similarity,
          imageOfText,
          k: [1, 2, 3],
          ties,
          imageIds,
          textIds,
        });
        const byText = rankedMetrics({
          relevance: imageOfText.map((own) => similarity.map((_, i) => (i === own ? 1 : 0))),
          scores: imageOfText.map((_, t) => column(t)),
          ids: imageOfText.map(() => imageIds),
          k: [1, 2, 3],
          ties,
        });
        const byImage = rankedMetrics({
          relevance: similarity.map((_, i) => imageOfText.map((own) => (own === i ? 1 : 0))),
          scores: similarity,
          ids: similarity.map(() => textIds),
          k: [1, 2, 3],
          ties,
        });
        for (const k of [1, 2, 3]) {
          expect(textToImage[`R@${k}`]).toBeCloseTo(byText.mean[`hitRate@${k}`]!, 13);
          expect(imageToText[`R@${k}`]).toBeCloseTo(byImage.mean[`hitRate@${k}`]!, 13);
        }
      }
    }
  });

  it('has the expected rank of the best of several tied texts', async () => {
    // All of 5 texts tied, 2 right: the first right one stands at 6/3 = 2 on average.
    const { imageToText } = await crossModalMetrics({
      similarity: [
        [1, 1, 1, 1, 1],
        [0, 0, 0, 0, 0],
      ],
      imageOfText: [0, 0, 1, 1, 1],
      ties: 'expected',
      k: 1,
    });
    expect(imageToText.meanRank).toBeCloseTo((6 / 3 + 6 / 4) / 2, 14);
    expect(imageToText['R@1']).toBeCloseTo((2 / 5 + 3 / 5) / 2, 14);
  });

  it('takes embeddings, and gives their similarity matrix the same figures', async () => {
    const rng = createRng(2);
    const images = createVectors(Float32Array.from({ length: 12 * 4 }, rng.normal), 4);
    const texts = createVectors(Float32Array.from({ length: 60 * 4 }, rng.normal), 4);
    const dot = (i: number, t: number) => {
      const a = images.data.slice(i * 4, i * 4 + 4);
      const b = texts.data.slice(t * 4, t * 4 + 4);
      return a.reduce((sum, x, d) => sum + x * b[d]!, 0) / Math.hypot(...a) / Math.hypot(...b);
    };
    const similarity = Array.from({ length: 12 }, (_, i) => Array.from({ length: 60 }, (_, t) => dot(i, t)));
    expect(await crossModalMetrics({ images, texts })).toEqual(await crossModalMetrics({ similarity }));
  });

  it('averages over folds of images with their texts', async () => {
    const rng = createRng(3);
    const similarity = Array.from({ length: 6 }, () => Array.from({ length: 12 }, rng.uniform));
    const folded = await crossModalMetrics({ similarity, folds: 3, k: 1 });
    const parts = await Promise.all(
      [0, 1, 2].map((fold) =>
        crossModalMetrics({
          similarity: similarity.slice(2 * fold, 2 * fold + 2).map((row) => row.slice(4 * fold, 4 * fold + 4)),
          k: 1,
        }),
      ),
    );
    expect(folded.folds?.map((part) => part.rsum)).toEqual(parts.map((part) => part.rsum));
    expect(folded.textToImage.meanRank).toBeCloseTo(
      parts.reduce((sum, part) => sum + part.textToImage.meanRank!, 0) / 3,
      14,
    );
  });

  it('skips images without a text, and has one pair', async () => {
    const { imageToText, textToImage } = await crossModalMetrics({
      similarity: [[0.1], [0.9]],
      imageOfText: [0],
      k: [1, 5],
    });
    expect(imageToText).toEqual({ 'R@1': 1, 'R@5': 1, medianRank: 1, meanRank: 1 });
    expect(textToImage).toEqual({ 'R@1': 0, 'R@5': 1, medianRank: 2, meanRank: 2 });
  });

  it('reports progress, stops, and refuses bad input by code', async () => {
    const code = (options: CrossModalMetricsOptions) =>
      crossModalMetrics(options).then(
        () => 'no error',
        (error) => (error instanceof NearkinError ? error.code : error),
      );
    const similarity = [
      [1, 2],
      [3, 4],
    ];
    const done: number[] = [];
    expect(await code({ similarity, onProgress: (progress) => done.push(progress.done) })).toBe('no error');
    expect(done).toEqual([1, 2]);
    expect(await code({ similarity, signal: AbortSignal.abort() })).toBe('ABORTED');
    expect(await code({ similarity: [] })).toBe('EMPTY_GALLERY');
    expect(await code({ similarity: [[]] })).toBe('EMPTY_GALLERY');
    expect(await code({})).toBe('INVALID_ARGUMENT');
    expect(await code({ similarity: [[1, 2], [3]] })).toBe('INVALID_ARGUMENT');
    expect(await code({ similarity: [[1], [Number.NaN]], imageOfText: [0] })).toBe('NON_FINITE');
    expect(
      await code({
        similarity: [
          [1, 2, 3],
          [1, 2, 3],
        ],
      }),
    ).toBe('INVALID_ARGUMENT');
    expect(await code({ similarity, imageOfText: [0, 2] })).toBe('INVALID_ARGUMENT');
    expect(await code({ similarity, imageOfText: [0] })).toBe('INVALID_ARGUMENT');
    expect(await code({ similarity, k: 0 })).toBe('INVALID_ARGUMENT');
    expect(await code({ similarity, folds: 3 })).toBe('INVALID_ARGUMENT');
    expect(await code({ similarity, ties: 'trec' })).toBe('INVALID_ARGUMENT');
    const images = createVectors(new Float32Array(4), 2);
    expect(await code({ images, texts: createVectors(new Float32Array(4), 4) })).toBe('DIMENSION_MISMATCH');
  });
});
