import { convertLayers } from '../layers/convert-layers.js';
import type { LayersArtifacts } from '../layers/layers-artifacts.js';
import type { Normalization } from '../metadata/read-metadata.js';
import type { WeightType } from './match-rows.js';
import { preprocessingOf } from './normalization-for.js';

/** The base as a `.tflite` model, and how its pictures are normalised where that is not known from its metadata. */
export interface OpenedBase {
  readonly bytes: Uint8Array;
  readonly normalization: Normalization | undefined;
}

/**
 * Converts a base of layers; a `.tflite` base stays as it is.
 *
 * Runtimes do not all know normalisation by channel, and none knows blue before red, so such preprocessing becomes part
 * of a converted model.
 */
export function openBase(
  base: Uint8Array | LayersArtifacts,
  options: { readonly embedder: unknown; readonly normalized: boolean; readonly weights: WeightType | undefined },
): OpenedBase {
  if (base instanceof Uint8Array) return { bytes: base, normalization: undefined };
  const { embedder, normalized, weights } = options;
  const preprocessing = normalized ? undefined : preprocessingOf(embedder);
  if (!preprocessing) return { bytes: convertLayers(base, { weights }), normalization: undefined };
  const { mean, std, colorOrder } = preprocessing;
  const uniform = [mean, std].every((list) => list.every((value) => value === list[0]));
  if (colorOrder === 'gray' || (uniform && colorOrder !== 'bgr'))
    return { bytes: convertLayers(base, { weights }), normalization: { mean: mean.slice(0, 1), std: std.slice(0, 1) } };
  const bytes = convertLayers(base, { weights, preprocessing: { mean, std, colorOrder } });
  return { bytes, normalization: { mean: [0], std: [1] } };
}
