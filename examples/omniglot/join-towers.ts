import { type BundleTarget, embedGallery } from '@nearkin/core';
import { createImageEmbedder, type ImageEmbedder, quantizeEmbedder, saveEmbedder } from '@nearkin/embedders';
import { joinEmbedders } from '@nearkin/training';
import { type Drawings, drawingItems } from './drawings.js';
import { type FewShotFigure, fewShotFigures } from './few-shot.js';
import { readTower } from './tower-file.js';

/** One embedder of several trained nets. */
export async function joinTowers(files: readonly string[]): Promise<ImageEmbedder> {
  const towers = await Promise.all(files.map(readTower));
  const joined = joinEmbedders(towers);
  const model = joined.toLayersModel();
  for (const tower of towers) tower.dispose();
  return createImageEmbedder(
    { kind: 'layers', model },
    { preprocessing: joined.preprocessing, batchSize: 64, ownsModel: true },
  );
}

/** A quarter of the size, and what it costs in accuracy is measured by {@link figuresOf}. */
export async function saveQuantized(embedder: ImageEmbedder, target: BundleTarget): Promise<ImageEmbedder> {
  const small = await quantizeEmbedder(embedder, 'uint8');
  await saveEmbedder(small, target);
  return small;
}

/** Embeds drawings as pictures, the way everybody's pictures go, and runs 600 episodes of each kind. */
export async function figuresOf(embedder: ImageEmbedder, drawings: Drawings): Promise<Record<string, FewShotFigure>> {
  return fewShotFigures(await embedGallery(embedder, drawingItems(drawings), { batchSize: 64 }), { episodes: 600 });
}
