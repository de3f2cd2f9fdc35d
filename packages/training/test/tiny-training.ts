import { createRng } from '@nearkin/core';
import {
  type Scalar,
  scalar,
  type Tensor,
  type Tensor2D,
  tensor,
  tensor2d,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs';
import type { TrainingData } from '../src/data/training-data.js';
import type { Loss } from '../src/losses/loss.js';
import type { TrainableModel } from '../src/models/trainable-model.js';
import type { Sampler } from '../src/samplers/sampler.js';

/** Blobs of points in six dimensions, told apart by two of them; the rest is louder noise. */
export function blobs(options: { classes?: number; perClass?: number; seed?: number } = {}): TrainingData {
  const { classes = 4, perClass = 8, seed = 1 } = options;
  const rng = createRng(seed);
  const labels = Int32Array.from({ length: classes * perClass }, (_, i) => Math.floor(i / perClass));
  const rows = Array.from(labels, (label) => {
    const angle = (2 * Math.PI * label) / classes;
    return [Math.cos(angle), Math.sin(angle), 0, 0, 0, 0].map((at, i) => at + rng.normal() * (i < 2 ? 0.2 : 1));
  });
  return {
    labels,
    labelNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
    batch: (samples, { augment, rng: chance }) =>
      tensor2d(samples.map((sample) => rows[sample]!.map((value) => value + (augment ? 0.05 * chance.normal() : 0)))),
  };
}

/** All samples in a shuffled order, in batches of `size`. */
export function shuffledSampler(data: TrainingData, size: number, seed = 0): Sampler {
  return {
    name: 'shuffled',
    batchSize: size,
    batchesPerEpoch: Math.floor(data.labels.length / size),
    *epoch(epoch) {
      const order = createRng(seed * 1000 + epoch).shuffle(Array.from(data.labels.keys()));
      for (let from = 0; from + size <= order.length; from += size) yield order.slice(from, from + size);
    },
  };
}

let made = 0;

/** One matrix and a bias, unit rows out. */
export function linearModel(
  options: { dim?: number; seed?: number } = {},
): TrainableModel & { readonly matrix: Variable } {
  const { dim = 3, seed = 5 } = options;
  const rng = createRng(seed);
  const name = `tiny${made++}`;
  const matrix = variable(
    tensor2d(
      Float32Array.from({ length: 6 * dim }, () => 0.4 * rng.normal()),
      [6, dim],
    ),
    true,
    `${name}/matrix`,
  );
  const bias = variable(tensor(new Float32Array(dim)), true, `${name}/bias`);
  return {
    architecture: { kind: 'linear', dim },
    dim,
    matrix,
    weights: [
      { name: 'matrix', variable: matrix },
      { name: 'bias', variable: bias },
    ],
    forward: (inputs) =>
      tidy(() => {
        const rows = (inputs as Tensor2D).matMul(matrix as unknown as Tensor2D).add(bias);
        return rows.div(rows.square().sum(1, true).add(1e-12).sqrt()) as Tensor2D;
      }),
    dispose() {
      matrix.dispose();
      bias.dispose();
    },
  };
}

/** Mean over pairs: 1 - s for one class, max(0, s - 0.5) for two. */
export function pairLoss(): Loss {
  return {
    name: 'pairLoss',
    weights: [],
    compute: (embeddings: Tensor2D, targets): Tensor =>
      tidy(() => {
        const labels = targets as Int32Array;
        const n = labels.length;
        const same = tensor2d(
          Float32Array.from({ length: n * n }, (_, i) => (labels[Math.floor(i / n)] === labels[i % n] ? 1 : 0)),
          [n, n],
        );
        const s = embeddings.matMul(embeddings.transpose());
        const pull = scalar(1).sub(s).mul(same);
        const push = s.sub(0.5).relu().mul(scalar(1).sub(same));
        return pull.add(push).mean() as Scalar;
      }),
    dispose() {},
  };
}

/** All weights of a model, one behind the other. */
export async function weightsOf(model: TrainableModel): Promise<number[]> {
  const all = await Promise.all(model.weights.map(({ variable }) => variable.data()));
  return all.flatMap((values) => [...values]);
}
