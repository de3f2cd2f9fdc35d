import { embedGallery, type Gallery } from '@nearkin/core';
import type { ImageEmbedder } from '@nearkin/embedders';
import { fewShotEpisodes } from '@nearkin/evaluation';
import { type Drawings, drawingItems } from './drawings.js';

/** Accuracy in percent with half the width of its 95 % interval. */
export interface FewShotFigure {
  readonly mean: number;
  readonly halfWidth95: number;
}

const shapes = [
  { ways: 5, shots: 1 },
  { ways: 20, shots: 1 },
  { ways: 5, shots: 5 },
  { ways: 20, shots: 5 },
];

/**
 * Few-shot accuracy over random episodes, 15 queries a class, classes drawn from all characters; the nearest single
 * drawing decides, as `nearkin eval-embedder` does it.
 *
 * @returns by the names of papers, `20-way 1-shot`
 */
export async function fewShotFigures(
  gallery: Gallery,
  options: { readonly episodes: number; readonly shots?: readonly number[]; readonly seed?: number },
): Promise<Record<string, FewShotFigure>> {
  const { episodes, shots = [1, 5], seed = 0 } = options;
  const figures: Record<string, FewShotFigure> = {};
  for (const shape of shapes.filter((each) => shots.includes(each.shots))) {
    const { mean, halfWidth95 } = await fewShotEpisodes({ gallery, ...shape, episodes, seed });
    figures[`${shape.ways}-way ${shape.shots}-shot`] = {
      mean: Math.round(mean * 10_000) / 100,
      halfWidth95: Math.round(halfWidth95 * 10_000) / 100,
    };
  }
  return figures;
}

/** Embeds drawings as pictures, the way everybody's pictures go, and runs 600 episodes of each kind. */
export async function figuresOf(embedder: ImageEmbedder, drawings: Drawings): Promise<Record<string, FewShotFigure>> {
  return fewShotFigures(await embedGallery(embedder, drawingItems(drawings), { batchSize: 64 }), { episodes: 600 });
}
