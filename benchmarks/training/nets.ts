import {
  type ConvEmbedder,
  createConvEmbedder,
  type GradientEngine,
  ntXentLoss,
  type Sampler,
  type TrainingData,
} from '@nearkin/training';
import { type Scalar, type Tensor, tensor, tensor4d, tidy, train } from '@tensorflow/tfjs';

/** A net to train and what it trains on. */
export interface Task {
  readonly name: string;
  readonly batch: number;
  make(): ConvEmbedder;
  readonly shape: readonly [number, number, number];
}

export const tasks: readonly Task[] = [
  {
    name: '64 x 64 x 3, 180k weights',
    batch: 64,
    shape: [64, 64, 3],
    make: () =>
      createConvEmbedder({
        preprocessing: { width: 64, height: 64 },
        layers: [24, 48, 96, 128].map((channels) => ({ channels, stride: 2 })),
        pooling: 'average',
        dim: 128,
        seed: 1,
      }),
  },
  {
    name: '28 x 28 x 1, 447k weights (Omniglot)',
    batch: 128,
    shape: [28, 28, 1],
    make: () => createConvEmbedder({ preprocessing: { width: 28, height: 28, colorOrder: 'gray' }, dim: 128, seed: 1 }),
  },
];

/** Stripes of a width and direction for each class, two pictures of each, with some noise: a loss has something to find. */
export function stripes({ batch, shape }: Task): Tensor {
  const [height, width, channels] = shape;
  const pixels = new Float32Array(batch * height * width * channels);
  let state = 1;
  for (let i = 0, at = 0; i < batch; i++) {
    const label = i >> 1;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < channels; c++) {
          state = (state * 16807) % 2147483647;
          const wave = Math.sin((x + ((label % 3) - 1) * y) * (0.1 + 0.9 * ((label * 0.618) % 1)) + i + c);
          pixels[at++] = wave / 2 + state / 2147483647 - 0.5;
        }
  }
  return tensor4d(pixels, [batch, ...shape]);
}

/** One step after another of NT-Xent and Adam; gives the loss. */
export function stepper(task: Task, net: ConvEmbedder, engine: GradientEngine): () => Promise<number> {
  const inputs = stripes(task);
  const loss = ntXentLoss({ temperature: 0.1 });
  const optimizer = train.adam(1e-3);
  const labels = Int32Array.from({ length: task.batch }, (_, i) => i >> 1);
  let seed = 0;
  return async () => {
    const step = await engine.compute(inputs, (rows) => loss.compute(rows, labels) as Scalar, {
      seed: seed++,
      lossWeights: [],
    });
    tidy(() =>
      optimizer.applyGradients(
        net.weights.map(({ name, variable }) => ({
          name: variable.name,
          tensor: tensor(step.gradients[name]!, variable.shape),
        })),
      ),
    );
    return step.loss;
  };
}

/** The same pictures again and again, for `fit`. */
export function stripesData(task: Task): { readonly data: TrainingData; readonly sampler: Sampler } {
  const pictures = stripes(task);
  const labels = Int32Array.from({ length: task.batch }, (_, i) => i >> 1);
  const labelNames = Array.from({ length: task.batch / 2 }, (_, i) => `stripes ${i}`);
  return {
    data: { labels, labelNames, batch: () => pictures.clone() },
    sampler: {
      name: 'all',
      batchSize: task.batch,
      batchesPerEpoch: 1,
      epoch: () => [Array.from({ length: task.batch }, (_, i) => i)],
    },
  };
}
