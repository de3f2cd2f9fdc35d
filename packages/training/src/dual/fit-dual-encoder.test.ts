import '@tensorflow/tfjs-backend-cpu';
import { type Embedder, vectorAt } from '@nearkin/core';
import { createFilterEmbedder, fromFunction } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { colourPairs } from '../../test/colour-pairs.js';
import { clipLoss } from '../losses/clip-loss.js';
import { sigLipLoss } from '../losses/sig-lip-loss.js';
import { softTargetDualEncoderLoss } from '../losses/soft-target-dual-encoder-loss.js';
import { createConvEmbedder } from '../models/conv-embedder.js';
import { createTextEncoder } from '../models/text-encoder.js';
import { adamW } from '../optimizers/adam-w.js';
import type { DualEncoderOptions, DualProgress } from './dual-options.js';
import { fitDualEncoder } from './fit-dual-encoder.js';
import { textTower } from './text-tower.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Image = ReturnType<typeof colourPairs>[number]['image'];
const pairs = colourPairs(1);
const held = colourPairs(2);

const towers = () => ({
  image: createConvEmbedder({
    preprocessing: { width: 8, height: 8 },
    layers: [{ channels: 8, stride: 2 }],
    dim: 16,
    seed: 1,
  }),
  text: createTextEncoder({ dim: 16, width: 8, hidden: 16, rows: 512, seed: 1 }),
});
const basic = { steps: 60, batchSize: 16, optimizer: adamW({ learningRate: 5e-3 }), seed: 7 };

/** Share of the held-out pictures that the first caption of theirs finds, by the trained embedders. */
async function found(image: Embedder<Image>, text: Embedder<string>): Promise<number> {
  const pictures = await image.embed(held.map((pair) => pair.image));
  const texts = await text.embed(held.map((pair) => pair.captions[0]!));
  const cosine = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0) / Math.hypot(...a) / Math.hypot(...b);
  const right = held.filter((_, q) => {
    const scores = held.map((_pair, p) => cosine(vectorAt(texts, q), vectorAt(pictures, p)));
    return scores.indexOf(Math.max(...scores)) === q;
  });
  return right.length / held.length;
}

describe('fitDualEncoder', () => {
  it.each([
    ['CLIP', () => clipLoss({ learningRateScale: 5 })],
    ['SigLIP', () => sigLipLoss({ logScale: 2, bias: -3 })],
    ['soft targets', () => softTargetDualEncoderLoss()],
  ])('finds pictures by words after training with %s', async (_name, makeLoss) => {
    const loss = makeLoss();
    const options = { ...basic, ...towers(), steps: 70, captionsPerImage: 'all' as const, loss };
    const result = await fitDualEncoder(pairs, { ...options, validation: held, validateEvery: 70 });
    expect(result.reason).toBe('steps');
    expect(result.history.loss.length).toBe(70);
    expect(result.history.loss.at(-1)!).toBeLessThan(result.history.loss[0]!);
    const share = await found(result.image as Embedder<Image>, result.text);
    expect(share).toBeGreaterThanOrEqual(14 / 16);
    const metrics = result.history.validations.at(-1)!.metrics;
    expect(metrics['textToImage/R@1']).toBeGreaterThanOrEqual(14 / 16);
    expect(metrics['imageToText/medianRank']).toBe(1);
    expect(result.encoder!.image.id).toBe(result.encoder!.text.id);
  });

  it('leads a frozen embedder and a frozen text embedder into one space', async () => {
    const words = ['red', 'green', 'blue', 'yellow', 'left', 'right', 'top', 'bottom'];
    const bagOfWords = fromFunction(
      (batch: readonly string[]) => batch.map((text) => words.map((word) => Number(text.includes(word)))),
      { id: 'words', dim: 8 },
    );
    const corners = fromFunction(
      (batch: readonly Image[]) =>
        batch.map(({ data }) => [9, 15, 57, 63].flatMap((p) => [0, 1, 2].map((k) => data[p * 3 + k]! / 255))),
      { id: 'corners', dim: 12 },
    );
    const result = await fitDualEncoder(pairs, { ...basic, image: corners, text: bagOfWords, dim: 24, steps: 150 });
    expect(result.image.dim).toBe(24);
    expect(result.encoder).toBeUndefined();
    expect(await found(result.image, result.text)).toBeGreaterThanOrEqual(14 / 16);
  });

  it('puts the projection behind a frozen tfjs model, which stays one', async () => {
    const base = createFilterEmbedder();
    const few = pairs.slice(0, 3);
    const result = await fitDualEncoder(few, { ...basic, image: base, text: towers().text, steps: 3 });
    expect(result.image.dim).toBe(16);
    expect(result.encoder!.image.model.kind).toBe('layers');
    const rows = await result.image.embed([pairs[0]!.image]);
    expect(rows.data.every(Number.isFinite)).toBe(true);
  });

  it('learns the same again with the same seed, and in chunks as in one', async () => {
    const run = async (options: Partial<DualEncoderOptions<Image>>) => {
      const sides = towers();
      const text = textTower(sides.text, { featureDropout: 0 });
      const result = await fitDualEncoder(pairs, { ...basic, ...sides, text, steps: 4, ...options });
      return { loss: result.history.loss, weights: sides.image.weights[0]!.variable.dataSync() };
    };
    const [a, b, chunked, other] = [await run({}), await run({}), await run({ chunkSize: 5 }), await run({ seed: 8 })];
    expect(b).toEqual(a);
    expect(other.loss).not.toEqual(a.loss);
    chunked.loss.forEach((value, step) => {
      expect(value).toBeCloseTo(a.loss[step]!, 3);
    });
  });

  it('stops early and ends with the best weights', async () => {
    const result = await fitDualEncoder(pairs, {
      ...basic,
      ...towers(),
      steps: 400,
      validation: held,
      validateEvery: 10,
      earlyStopping: { metric: 'textToImage/R@1', patience: 3 },
    });
    expect(result.reason).toBe('early-stopping');
    expect(result.best!.metrics['textToImage/R@1']).toBe(
      Math.max(...result.history.validations.map(({ metrics }) => metrics['textToImage/R@1']!)),
    );
  });

  it('tells how far it is', async () => {
    const seen: DualProgress[] = [];
    await fitDualEncoder(pairs, { ...basic, ...towers(), steps: 4, onProgress: (progress) => seen.push(progress) });
    expect(seen.filter(({ phase }) => phase === 'read').length).toBe(16);
    const steps = seen.filter(({ phase }) => phase === 'train');
    expect(steps.map(({ done, total }) => [done, total])).toEqual([1, 2, 3, 4].map((done) => [done, 4]));
    expect(steps.at(-1)!.secondsLeft).toBe(0);
  });

  it.each<[string, Partial<DualEncoderOptions<Image>>, string]>([
    ['no end', { steps: undefined }, 'INVALID_ARGUMENT'],
    ['a batch of one', { batchSize: 1 }, 'INVALID_ARGUMENT'],
    ['no captions a picture', { captionsPerImage: 0 }, 'INVALID_ARGUMENT'],
    ['early stopping without validation', { earlyStopping: { metric: 'x' } }, 'INVALID_ARGUMENT'],
    ['sides of different spaces', { text: createTextEncoder({ dim: 8, rows: 8 }) }, 'DIMENSION_MISMATCH'],
    ['an aborted signal', { signal: AbortSignal.abort() }, 'ABORTED'],
    ['a rate that explodes', { optimizer: adamW({ learningRate: 1e30 }) }, 'NON_FINITE'],
  ])('refuses %s', async (_name, options, code) => {
    await expect(fitDualEncoder(pairs, { ...basic, ...towers(), ...options })).rejects.toMatchObject({ code });
  });

  it('refuses a picture without captions', async () => {
    const broken = [...pairs, { image: pairs[0]!.image, captions: [] }];
    await expect(fitDualEncoder(broken, { ...basic, ...towers() })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { pair: 16 },
    });
  });

  it.each(['new', 'frozen'])('leaves pairs out whose picture cannot be read, on a %s side', async (side) => {
    const broken = [...pairs.slice(0, 4), { image: 'broken' as never, captions: ['a broken one'] }, ...pairs.slice(4)];
    const corner = fromFunction((batch: readonly Image[]) => batch.map(({ data }) => [data[0]!, data[1]!, data[2]!]), {
      id: 'corner',
      dim: 3,
    });
    const { image, text } = towers();
    const sides = side === 'new' ? { image, text } : { image: corner, text };
    const failed: unknown[] = [];
    const onError = (_: unknown, pair: unknown) => failed.push(pair);
    const result = await fitDualEncoder(broken, { ...basic, ...sides, steps: 2, onError });
    expect(failed).toEqual([broken[4]]);
    expect(result.steps).toBe(2);
    await expect(fitDualEncoder(broken, { ...basic, ...sides, steps: 2 })).rejects.toThrow();
    const most = [pairs[0]!, broken[4]!];
    await expect(fitDualEncoder(most, { ...basic, ...sides, steps: 2, onError })).rejects.toMatchObject({
      code: 'EMPTY_GALLERY',
    });
  });

  it('leaves no tensors behind but the weights', async () => {
    const sides = towers();
    const before = tf.memory().numTensors;
    const result = await fitDualEncoder(pairs, { ...basic, ...sides, steps: 3 });
    result.image.dispose();
    result.text.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
