import type { Embedder } from '@nearkin/core';
import { createHashedTextEmbedder, type HashedFeatures, hashTextFeatures, rememberFeatures } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs';
import { quantizeTextParts } from '../models/quantize-text-parts.js';
import type { TextEncoder } from '../models/text-encoder.js';
import { assertNumber } from '../optimizers/assert-number.js';
import type { DualTower, PreparedInputs, PrepareOptions } from './dual-tower.js';

export interface TextTowerOptions {
  /** Rate of the table, times the schedule's factor. Default 0.15: each row's steps shrink with the root of its past. */
  readonly tableLearningRate?: number | undefined;
  /** Share of a caption's features that is left out, in half of the captions. Default 0.15. */
  readonly featureDropout?: number | undefined;
  /** Stores the trained embedder's numbers in a byte each. Default false. */
  readonly quantize?: boolean | undefined;
}

/**
 * A tower of our own text encoder, learning from the first letter on.
 *
 * The embedder that comes of it knows the features of the captions that were prepared, and leaves others out.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @example
 * const text = textTower(createTextEncoder({ dim: 128 }));
 */
export function textTower(encoder: TextEncoder, options: TextTowerOptions = {}): DualTower<string> {
  const { tableLearningRate = 0.15, featureDropout = 0.15, quantize = false } = options;
  assertNumber('tableLearningRate', tableLearningRate, { above: 0 });
  assertNumber('featureDropout', featureDropout, { least: 0, below: 1 });
  const { table, hashing } = encoder;
  const marks = new Set<number>();
  return Object.freeze({
    model: encoder,
    table: { bag: table, learningRate: tableLearningRate },
    async prepare(inputs: readonly string[], _options: PrepareOptions): Promise<PreparedInputs> {
      const features: HashedFeatures[] = inputs.map((text) => hashTextFeatures(text, hashing));
      for (const { marks: some } of features) for (const mark of some) marks.add(mark);
      return {
        count: inputs.length,
        batch(samples, { augment, rng }) {
          const rows = samples.map((sample) => {
            const all = features[sample]!.rows;
            if (!augment || featureDropout === 0 || rng.uniform() < 0.5) return all;
            const kept = all.filter(() => rng.uniform() >= featureDropout);
            return kept.length > 0 ? kept : all;
          });
          return {
            inputs: tf.tensor2d(table.sum(rows), [samples.length, table.width]),
            rows,
          };
        },
      };
    },
    async toEmbedder(): Promise<Embedder<string>> {
      const parts = { ...(await encoder.parts()), known: rememberFeatures(marks, filterBits(marks.size)) };
      return createHashedTextEmbedder(quantize ? quantizeTextParts(parts) : parts);
    },
  });
}

/** The power of two nearest to eight bits a feature. */
export function filterBits(features: number): number {
  return 2 ** Math.max(3, Math.round(Math.log2(8 * features + 1)));
}
