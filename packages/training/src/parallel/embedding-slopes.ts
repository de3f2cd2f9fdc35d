import { engine, type Scalar, type Tensor, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs';
import type { TrainableWeight } from '../models/trainable-model.js';

/** What a loss says of embeddings that were computed elsewhere. */
export interface EmbeddingSlopes {
  readonly loss: number;
  /** Gradient by the embeddings, row-major. */
  readonly slopes: Float32Array;
  /** Gradients of the loss's own weights, by their names. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

/** The value of a loss and its gradient by the embeddings and by its own weights; zeros where it does not depend on them. */
export async function embeddingSlopes(
  embeddings: Float32Array,
  options: {
    readonly dim: number;
    readonly loss: (embeddings: Tensor2D) => Scalar;
    readonly lossWeights: readonly TrainableWeight[];
  },
): Promise<EmbeddingSlopes> {
  const { dim, loss, lossWeights } = options;
  const { value, grads } = tidy(() => {
    const rows = tensor2d(embeddings, [embeddings.length / dim, dim]);
    const variables = lossWeights.map(({ variable }) => variable);
    return engine().gradients(() => loss(rows).asScalar(), [rows, ...variables], undefined, true);
  });
  const [byRows, ...byWeights] = grads as (Tensor | null | undefined)[];
  const slopes = byRows ? ((await byRows.data()) as Float32Array) : new Float32Array(embeddings.length);
  const number = (await value.data())[0]!;
  value.dispose();
  byRows?.dispose();
  const gradients: Record<string, Float32Array> = {};
  for (const [i, { name }] of lossWeights.entries()) {
    const gradient = byWeights[i];
    if (!gradient) continue;
    gradients[name] = (await gradient.data()) as Float32Array;
    gradient.dispose();
  }
  return { loss: number, slopes, gradients };
}
