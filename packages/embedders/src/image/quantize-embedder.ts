import { NearkinError } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import { layersArtifacts } from '../models/load-layers.js';
import { joinBytes } from '../models/model-artifacts.js';
import { modelFiles } from '../models/model-files.js';
import { storedBytes } from '../models/weight-specs.js';
import type { ImageEmbedder } from './image-embedder.js';
import { loadImageEmbedder } from './load-image-embedder.js';
import { embedderMetadata } from './save-embedder.js';

/** Biases and the like are few, and what they lose every output loses. */
const leastNumbers = 1024;

/**
 * Stores the weights of an embedder in a byte or two each, in place of four: every weight of at least 1,024 numbers is
 * rounded to 256 (`uint16`: 65,536) even steps between its least and greatest number. Smaller ones, and those that are
 * stored in less than four bytes already, stay as they are.
 *
 * The result gives slightly other vectors, so it is another embedder with another id; the given one stays as it is.
 *
 * @returns an embedder that owns its model: dispose of it as well
 * @throws {NearkinError} `UNSUPPORTED` for an embedder whose model lies elsewhere; `INVALID_ARGUMENT`
 * @example
 * const small = await quantizeEmbedder(embedder, 'uint8');
 * await saveEmbedder(small, 'models/mine'); // a quarter of the size
 */
export async function quantizeEmbedder(embedder: ImageEmbedder, dtype: 'uint8' | 'uint16'): Promise<ImageEmbedder> {
  const { model, preprocessing } = embedder;
  if (dtype !== 'uint8' && dtype !== 'uint16')
    throw new NearkinError('INVALID_ARGUMENT', `Expected 'uint8' or 'uint16', got ${JSON.stringify(dtype)}.`);
  const { layer } = embedderMetadata(embedder);
  if (model.kind === 'function') throw new NearkinError('UNSUPPORTED', 'This embedder has no model of its own.');
  const artifacts =
    model.kind === 'graph' ? model.artifacts : (model.artifacts ?? layersArtifacts(model.model, 'The model'));
  return loadImageEmbedder(modelFiles(quantizeWeights(artifacts, dtype)), { layer, preprocessing });
}

function quantizeWeights(artifacts: io.ModelArtifacts, dtype: 'uint8' | 'uint16'): io.ModelArtifacts {
  const bytes = new Uint8Array(artifacts.weightData as ArrayBuffer);
  const specs: io.WeightsManifestEntry[] = [];
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const spec of artifacts.weightSpecs ?? []) {
    const part = bytes.slice(at, at + storedBytes(spec, bytes.subarray(at), 'The model'));
    at += part.length;
    if (spec.dtype !== 'float32' || spec.quantization || part.length < 4 * leastNumbers) {
      specs.push(spec);
      parts.push(part);
      continue;
    }
    const { levels, min, scale } = toLevels(new Float32Array(part.buffer), dtype);
    specs.push({ ...spec, quantization: { dtype, min, scale } });
    parts.push(new Uint8Array(levels.buffer));
  }
  return { ...artifacts, weightSpecs: specs, weightData: joinBytes(parts).buffer };
}

/** `value = level * scale + min`, as tfjs reads it. */
function toLevels(
  values: Float32Array,
  dtype: 'uint8' | 'uint16',
): { levels: Uint8Array | Uint16Array; min: number; scale: number } {
  const levels = dtype === 'uint8' ? new Uint8Array(values.length) : new Uint16Array(values.length);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const scale = (max - min) / (dtype === 'uint8' ? 255 : 65_535);
  if (scale > 0) for (let i = 0; i < values.length; i++) levels[i] = Math.round((values[i]! - min) / scale);
  return { levels, min, scale };
}
