import type { Gallery } from '@nearkin/core';
import { evaluateRetrieval, kFoldByLabel } from '@nearkin/evaluation';
import {
  adamW,
  createHead,
  fit,
  galleryData,
  type Head,
  perClassSampler,
  projectGallery,
  supConLoss,
} from '@nearkin/training';

export interface HeadSettings {
  readonly learningRate: number;
  readonly steps: number;
}

/** Little and much: which is better is found out inside the training half. */
export const candidates: readonly HeadSettings[] = [
  { learningRate: 1e-4, steps: 40 },
  { learningRate: 3e-4, steps: 40 },
];

/** Trains a head that starts as the features less their mean, and learns what to add to them. */
export async function trainHead(gallery: Gallery, settings: HeadSettings, seed: number): Promise<Head> {
  const { dim } = gallery.vectors;
  const head = createHead({ inputDim: dim, residual: true, center: meanOf(gallery), seed });
  const data = galleryData(gallery);
  const classesPerBatch = Math.min(8, data.labelNames.length);
  await fit(head, data, {
    loss: supConLoss({ temperature: 0.1 }),
    sampler: perClassSampler({ labels: data.labels, classesPerBatch, samplesPerClass: 4, seed }),
    optimizer: adamW({ learningRate: settings.learningRate }),
    steps: settings.steps,
    seed,
  });
  return head;
}

/** Chooses settings by folds of classes inside the gallery; nothing else is looked at. */
export async function chooseSettings(gallery: Gallery, seed: number): Promise<HeadSettings> {
  let best = { settings: candidates[0]!, score: Number.NEGATIVE_INFINITY };
  for (const settings of candidates) {
    let score = 0;
    for (const { train, validation } of kFoldByLabel(gallery, { folds: 2, seed })) {
      const head = await trainHead(train, settings, seed);
      const { mean } = await evaluateRetrieval({ queries: await projectGallery(head, validation) });
      score += mean['apAtR']!;
      head.dispose();
    }
    if (score > best.score) best = { settings, score };
  }
  return best.settings;
}

function meanOf({ vectors }: Gallery): Float64Array {
  const mean = new Float64Array(vectors.dim);
  vectors.data.forEach((value, i) => {
    mean[i % vectors.dim] = mean[i % vectors.dim]! + value / vectors.count;
  });
  return mean;
}
