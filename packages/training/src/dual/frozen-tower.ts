import { createVectors, type Embedder, NearkinError, throwIfAborted } from '@nearkin/core';
import { createImageEmbedder, fromFunction, type ImageEmbedder } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs';
import { createProjectionHead, type ProjectionHeadOptions } from '../models/projection-head.js';
import type { DualTower, PreparedInputs, PrepareOptions } from './dual-tower.js';

export interface FrozenTowerOptions extends Omit<ProjectionHeadOptions, 'inputDim'> {
  /** Inputs embedded at a time. Default 32. */
  readonly batchSize?: number | undefined;
}

/**
 * A tower of an embedder that stays as it is and a projection head that learns. Every input is embedded once, before
 * training; steps then cost next to nothing. Nothing is augmented.
 *
 * Of a picture embedder that is a tfjs LayersModel the trained tower is one too, and can be saved; of any other it is the
 * embedder and a function behind it.
 *
 * @param embedder stays the caller's, who keeps it while the trained tower is used
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @source Keras examples: Natural language image search with a dual encoder (K. Salama, 2021)
 * @example
 * const image = frozenTower(await loadImageEmbedder(presets.mobileNetV2), { dim: 128 });
 */
export function frozenTower<Input>(embedder: Embedder<Input>, options: FrozenTowerOptions = {}): DualTower<Input> {
  const { batchSize = 32, ...headOptions } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a batch size of at least 1, got ${batchSize}.`);
  const head = createProjectionHead({ ...headOptions, inputDim: embedder.dim });

  return Object.freeze({
    model: head,
    async prepare(inputs: readonly Input[], { signal, onProgress, onError }: PrepareOptions): Promise<PreparedInputs> {
      const { dim } = embedder;
      const data = new Float32Array(inputs.length * dim);
      for (let from = 0; from < inputs.length; from += batchSize) {
        throwIfAborted(signal);
        const some = inputs.slice(from, from + batchSize);
        data.set(await embedEach(some, { from, signal, onError }), from * dim);
        onProgress?.({ done: from + some.length, total: inputs.length, phase: 'embed' });
      }
      return {
        count: inputs.length,
        batch(samples) {
          const rows = new Float32Array(samples.length * dim);
          samples.forEach((sample, i) => {
            rows.set(data.subarray(sample * dim, (sample + 1) * dim), i * dim);
          });
          return { inputs: tf.tensor2d(rows, [samples.length, dim]) };
        },
      };
    },
    async toEmbedder() {
      const base = embedder as unknown as ImageEmbedder;
      if ('preprocessing' in embedder && base.model.kind === 'layers') {
        const { model } = base.model;
        const joined = tf.model({ inputs: model.inputs, outputs: head.applyTo(model.outputs[0]!) });
        const { preprocessing } = base;
        return createImageEmbedder({ kind: 'layers', model: joined }, { preprocessing }) as unknown as Embedder<Input>;
      }
      const frozen = await copyOf(head);
      return fromFunction(
        async (batch: readonly Input[], { signal }) => {
          const { data } = await embedder.embed(batch, { signal });
          const rows = tf.tidy(() =>
            frozen.forward(tf.tensor2d(data, [batch.length, embedder.dim]), { training: false, seed: 0 }),
          );
          const out = (await rows.data()) as Float32Array;
          rows.dispose();
          return createVectors(out, head.dim);
        },
        { id: `${embedder.id}+projection-${head.dim}`, dim: head.dim, dispose: frozen.dispose },
      );
    },
  });

  /** The batch; where that fails, one input after another, so that the others are kept. */
  async function embedEach(
    some: readonly Input[],
    { from, signal, onError }: Pick<PrepareOptions, 'signal' | 'onError'> & { readonly from: number },
  ): Promise<Float32Array> {
    try {
      return (await embedder.embed(some, { signal })).data;
    } catch (error) {
      if (!onError || signal?.aborted) throw error;
      if (some.length === 1) {
        onError(error, from);
        return new Float32Array(embedder.dim);
      }
      const rows = new Float32Array(some.length * embedder.dim);
      for (const [i, input] of some.entries())
        rows.set(await embedEach([input], { from: from + i, signal, onError }), i * embedder.dim);
      return rows;
    }
  }

  async function copyOf({ weights }: typeof head) {
    const copy = createProjectionHead({ ...headOptions, inputDim: embedder.dim });
    weights.forEach(({ variable }, i) => {
      copy.weights[i]!.variable.assign(variable as never);
    });
    return copy;
  }
}
