import { createRng, throwIfAborted } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs';
import { crossModalRanks } from './cross-modal-ranks.js';
import type { DualTower, PreparedInputs } from './dual-tower.js';
import type { PreparedPairs } from './prepared-pairs.js';

const rowsAtATime = 64;

/** Embeds all pairs without variation or dropout, and ranks each side by the other. */
export async function validateDual(
  towers: { readonly image: DualTower<never>; readonly text: DualTower<never> },
  pairs: PreparedPairs,
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const images = await embedAll(towers.image, pairs.images, signal);
  const texts = await embedAll(towers.text, pairs.texts, signal);
  const { dim } = towers.image.model;
  return crossModalRanks({ data: images, dim }, { data: texts, dim }, { imageOf: pairs.imageOf });
}

async function embedAll({ model }: DualTower<never>, prepared: PreparedInputs, signal: AbortSignal | undefined) {
  const out = new Float32Array(prepared.count * model.dim);
  const rng = createRng(0);
  for (let from = 0; from < prepared.count; from += rowsAtATime) {
    throwIfAborted(signal);
    const samples = Array.from({ length: Math.min(rowsAtATime, prepared.count - from) }, (_, i) => from + i);
    const { inputs } = await prepared.batch(samples, { augment: false, rng });
    const rows = tf.tidy(() => model.forward(inputs, { training: false, seed: 0 }));
    inputs.dispose();
    out.set(await rows.data(), from * model.dim);
    rows.dispose();
  }
  return out;
}
