import { createGallery, createRng, createVectors, type Gallery, type JobOptions, throwIfAborted } from '@nearkin/core';
import { tidy } from '@tensorflow/tfjs';
import type { TrainingData } from '../data/training-data.js';
import type { TrainableModel } from '../models/trainable-model.js';

/**
 * Embeds all samples of some data as they are, without augmentation or dropout.
 *
 * @param options.batchSize samples at a time; default 64
 * @returns rows in the order of the samples, ids their numbers, labels their names
 * @throws {NearkinError} `ABORTED`, `NON_FINITE` for a model that has gone astray, or an error of the data's
 * @example
 * const gallery = await embedData(model, data);
 * const { mean } = await evaluateRetrieval({ queries: gallery });
 */
export async function embedData(
  model: TrainableModel,
  data: TrainingData,
  options: JobOptions & { readonly batchSize?: number | undefined } = {},
): Promise<Gallery> {
  const { batchSize = 64, signal, onProgress } = options;
  const { labels, labelNames } = data;
  const out = new Float32Array(labels.length * model.dim);
  const rng = createRng(0);
  for (let from = 0; from < labels.length; from += batchSize) {
    throwIfAborted(signal);
    const samples = Array.from({ length: Math.min(batchSize, labels.length - from) }, (_, i) => from + i);
    const inputs = await data.batch(samples, { augment: false, rng });
    const rows = tidy(() => model.forward(inputs, { training: false, seed: 0 }));
    inputs.dispose();
    out.set(await rows.data(), from * model.dim);
    rows.dispose();
    onProgress?.({ done: from + samples.length, total: labels.length, phase: 'embed' });
  }
  return createGallery({
    vectors: createVectors(out, model.dim),
    ids: Array.from(labels, (_, sample) => String(sample)),
    labels: Array.from(labels, (label) => labelNames[label]!),
  });
}
