import type { Gallery } from '@nearkin/core';
import {
  adamW,
  type ConvEmbedder,
  createAugmentation,
  createConvEmbedder,
  type FitOptions,
  type FitResult,
  fit,
  pixelData,
  type TrainingData,
  warmupCosine,
} from '@nearkin/training';
import { characterSampler } from './character-sampler.js';
import { characterName, type Drawings, drawers, turnedDrawings } from './drawings.js';
import { fewShotFigures } from './few-shot.js';
import { augmentation, net, preprocessing, recipe } from './recipe.js';
import { recipeLoss } from './recipe-loss.js';

/** Trains one net of the recipe on all characters that are given. */
export async function trainNet(
  training: Drawings,
  options: {
    readonly seed: number;
    readonly steps: number;
    /** Characters that validate. */
    readonly unseen?: Drawings | undefined;
  } & Pick<FitOptions, 'maxSeconds' | 'checkpoint' | 'validateEvery' | 'onProgress'>,
): Promise<{ readonly model: ConvEmbedder; readonly result: FitResult }> {
  const { seed, steps, unseen, ...rest } = options;
  const { ways, each, temperature, learningRate, warmup, weightAveraging } = recipe;
  const data = pixelData(turnedDrawings(training), { preprocessing, augmentation: createAugmentation(augmentation) });
  const model = createConvEmbedder({ ...net, seed });
  const loss = recipeLoss({ classes: data.labelNames.length, dim: model.dim, temperature, seed });
  const result = await fit(model, data, {
    ...rest,
    loss,
    sampler: characterSampler(training.characters, { ways, each, seed }),
    optimizer: adamW({ learningRate, weightDecay: 0 }),
    schedule: warmupCosine({ warmup }),
    weightAveraging,
    steps,
    seed,
    ...(unseen ? { validate: validation(unseen) } : {}),
  });
  loss.dispose();
  return { model, result };
}

/** Drawings as they are, for validation. */
export function plainData(unseen: Drawings): TrainingData {
  const labels = Array.from({ length: unseen.characters * drawers }, (_, i) => characterName(Math.floor(i / drawers)));
  return pixelData({ samples: unseen.samples, labels }, { preprocessing });
}

/** One-shot accuracy, in percent, over 200 episodes. */
function validation(unseen: Drawings) {
  const data = plainData(unseen);
  return async (embed: (data: TrainingData) => Promise<Gallery>) => {
    const figures = await fewShotFigures(await embed(data), { episodes: 200, shots: [1] });
    return Object.fromEntries(Object.entries(figures).map(([name, { mean }]) => [name, mean]));
  };
}
