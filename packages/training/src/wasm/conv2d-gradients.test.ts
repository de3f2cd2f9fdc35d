import { type backend_util, conv2d, grads, mul, sum, type Tensor, type Tensor4D, tensor4d } from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { expectSame, noise } from '../../test/compare-backends.js';
import { enableWasmTraining } from './enable-wasm-training.js';

beforeAll(() => void enableWasmTraining());

type Pad = 'same' | 'valid' | number | backend_util.ExplicitPadding;

interface Shape {
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pad: Pad;
  readonly batch?: number;
  readonly channels?: readonly [number, number];
}

const grid: Shape[] = [];
for (const size of [
  [9, 8],
  [8, 11],
  [7, 7],
] as const)
  for (const kernel of [1, 2, 3, 5])
    for (const stride of [1, 2, 3])
      for (const pad of ['same', 'valid'] as const)
        grid.push({ size, kernel: [kernel, kernel], stride: [stride, stride], pad });

const odd: Shape[] = [
  { size: [9, 8], kernel: [3, 3], stride: [1, 1], pad: 1 },
  { size: [9, 8], kernel: [3, 3], stride: [2, 2], pad: 2 },
  {
    size: [9, 8],
    kernel: [5, 3],
    stride: [2, 1],
    pad: [
      [0, 0],
      [2, 1],
      [0, 2],
      [0, 0],
    ],
  },
  {
    size: [9, 8],
    kernel: [3, 3],
    stride: [3, 2],
    pad: [
      [0, 0],
      [0, 2],
      [3, 0],
      [0, 0],
    ],
  },
  { size: [6, 7], kernel: [1, 3], stride: [1, 2], pad: 'same' },
  { size: [6, 7], kernel: [3, 1], stride: [3, 1], pad: 'same' },
  { size: [6, 7], kernel: [1, 1], stride: [1, 1], pad: 1 },
  { size: [6, 7], kernel: [2, 4], stride: [1, 3], pad: 'valid' },
  { size: [5, 5], kernel: [5, 5], stride: [1, 1], pad: 'valid' },
  { size: [1, 1], kernel: [3, 3], stride: [2, 2], pad: 'same' },
  { size: [2, 13], kernel: [1, 1], stride: [3, 3], pad: 'valid' },
  { size: [10, 4], kernel: [3, 3], stride: [2, 2], pad: 'same', batch: 1, channels: [1, 1] },
  { size: [10, 4], kernel: [3, 3], stride: [2, 2], pad: 'same', batch: 7, channels: [8, 16] },
  { size: [12, 12], kernel: [3, 3], stride: [1, 1], pad: 'same', batch: 5, channels: [17, 9] },
  { size: [16, 16], kernel: [7, 7], stride: [4, 4], pad: 'same', batch: 3, channels: [3, 24] },
];

function gradients({ size, kernel, stride, pad, batch = 2, channels = [5, 4] }: Shape): () => Tensor[] {
  const [inputs, outputs] = channels;
  const pixels = noise(batch * size[0] * size[1] * inputs, 3);
  const weights = noise(kernel[0] * kernel[1] * inputs * outputs, 5);
  return () => {
    const x = tensor4d(pixels, [batch, ...size, inputs]);
    const filter = tensor4d(weights, [...kernel, inputs, outputs]);
    // Not the sum alone, whose gradient is one everywhere.
    const value = (x: Tensor, filter: Tensor) => {
      const y = conv2d(x as Tensor4D, filter as Tensor4D, [...stride], pad as 'same');
      return sum(mul(y, tensor4d(noise(y.size, 9), y.shape)));
    };
    return [conv2d(x, filter, [...stride], pad as 'same'), ...grads(value)([x, filter])];
  };
}

describe('gradients of convolutions are those of plain JavaScript', () => {
  it.each(grid)('$size, kernel $kernel, stride $stride, $pad', (shape) => expectSame(gradients(shape)));
  it.each(odd)('$size, kernel $kernel, stride $stride, padding $pad, $batch x $channels', (shape) =>
    expectSame(gradients(shape)),
  );
});
