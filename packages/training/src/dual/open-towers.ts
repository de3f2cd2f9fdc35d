import { type Embedder, NearkinError } from '@nearkin/core';
import type { TextEncoder } from '../models/text-encoder.js';
import type { TrainableModel } from '../models/trainable-model.js';
import type { DualEncoderOptions } from './dual-options.js';
import type { DualTower } from './dual-tower.js';
import { frozenTower } from './frozen-tower.js';
import { pictureTower } from './picture-tower.js';
import { textTower } from './text-tower.js';

/** Makes towers of whatever was given for the two sides, and checks that they meet in one space. */
export function openTowers<Image>(options: DualEncoderOptions<Image>): {
  readonly image: DualTower<Image>;
  readonly text: DualTower<string>;
} {
  const { seed = 0 } = options;
  const dim = options.dim ?? fixedDim(options.image) ?? fixedDim(options.text) ?? 128;
  const image = isTower<Image>(options.image)
    ? options.image
    : isEmbedder<Image>(options.image)
      ? frozenTower(options.image, { dim, seed })
      : (pictureTower(options.image) as unknown as DualTower<Image>);
  const text = isTower<string>(options.text)
    ? options.text
    : isEmbedder<string>(options.text)
      ? frozenTower(options.text, { dim, seed: seed + 1 })
      : textTower(options.text as TextEncoder);
  if (image.model.dim !== text.model.dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected pictures and texts in one space, got ${image.model.dim} and ${text.model.dim} numbers; give both the same dim.`,
      { details: { image: image.model.dim, text: text.model.dim } },
    );
  return { image, text };
}

type Side = DualTower<never> | Embedder<never> | TrainableModel;

function isTower<Input>(side: unknown): side is DualTower<Input> {
  return typeof side === 'object' && side !== null && 'prepare' in side && 'model' in side;
}

function isEmbedder<Input>(side: unknown): side is Embedder<Input> {
  return typeof side === 'object' && side !== null && 'embed' in side && !isTower(side);
}

function fixedDim(side: Side): number | undefined {
  if (isTower(side)) return side.model.dim;
  return isEmbedder(side) ? undefined : side.dim;
}
