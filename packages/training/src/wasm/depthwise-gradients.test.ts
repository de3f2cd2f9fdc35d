import {
  depthwiseConv2d,
  engine,
  grads,
  layers,
  mul,
  sum,
  type Tensor,
  type Tensor4D,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSame, noise } from '../../test/compare-backends.js';
import { startBackend } from '../../test/start-backend.js';
import { enableWasmTraining } from './enable-wasm-training.js';

beforeAll(() => void enableWasmTraining());

const grid: { size: [number, number]; kernel: number; stride: number; pad: 'same' | 'valid'; multiplier: number }[] =
  [];
for (const size of [
  [9, 8],
  [8, 11],
] as [number, number][])
  for (const kernel of [1, 2, 3, 5])
    for (const stride of [1, 2, 3])
      for (const pad of ['same', 'valid'] as const)
        for (const multiplier of [1, 2]) grid.push({ size, kernel, stride, pad, multiplier });

function gradients(
  [height, width]: [number, number],
  filter: { kernel: [number, number]; multiplier: number; channels?: number; batch?: number },
  apply: (x: Tensor4D, filter: Tensor4D) => Tensor,
): () => Tensor[] {
  const { kernel, multiplier, channels = 5, batch = 2 } = filter;
  const pixels = noise(batch * height * width * channels, 3);
  const weights = noise(kernel[0] * kernel[1] * channels * multiplier, 5);
  return () => {
    const value = (x: Tensor, filter: Tensor) => {
      const y = apply(x as Tensor4D, filter as Tensor4D);
      return sum(mul(y, tensor4d(noise(y.size, 9), y.shape as [number, number, number, number])));
    };
    const x = tensor4d(pixels, [batch, height, width, channels]);
    const w = tensor4d(weights, [...kernel, channels, multiplier]);
    return [apply(x, w), ...grads(value)([x, w])];
  };
}

describe('gradients of depthwise convolutions are those of plain JavaScript', () => {
  it.each(grid)('$size, kernel $kernel, stride $stride, $pad, times $multiplier', (shape) => {
    const { size, kernel, stride, pad, multiplier } = shape;
    return expectSame(
      gradients(size, { kernel: [kernel, kernel], multiplier }, (x, w) => depthwiseConv2d(x, w, stride, pad)),
    );
  });

  it.each([
    { name: 'padding of one number', kernel: [3, 3] as [number, number], stride: 2, pad: 2 },
    { name: 'a kernel that is not square', kernel: [1, 5] as [number, number], stride: 1, pad: 'same' as const },
    {
      name: 'one picture of many channels',
      kernel: [3, 3] as [number, number],
      stride: 2,
      pad: 'same' as const,
      channels: 33,
    },
  ])('$name', ({ kernel, stride, pad, ...rest }) =>
    expectSame(gradients([10, 7], { kernel, multiplier: 1, ...rest }, (x, w) => depthwiseConv2d(x, w, stride, pad))),
  );
});

// tfjs refuses to differentiate a dilated convolution, but its kernels know of dilations: a convolution is linear in its
// input and in its filter, so the gradient's product with any other one is the change of the output along it.
describe('gradients of dilated depthwise convolutions, which plain JavaScript gets wrong', () => {
  it.each([
    { kernel: 3, dilation: 2, pad: 'same' as const, multiplier: 1 },
    { kernel: 3, dilation: 2, pad: 'valid' as const, multiplier: 2 },
    { kernel: 2, dilation: 3, pad: 'same' as const, multiplier: 3 },
    { kernel: 5, dilation: 2, pad: 'same' as const, multiplier: 1 },
  ])('kernel $kernel, dilation $dilation, $pad, times $multiplier', async ({ kernel, dilation, pad, multiplier }) => {
    await startBackend('wasm');
    const shape: [number, number, number, number] = [2, 11, 9, 4];
    const filterShape: [number, number, number, number] = [kernel, kernel, 4, multiplier];
    const make = (size: [number, number, number, number], seed: number) =>
      tensor4d(
        noise(
          size.reduce((a, b) => a * b),
          seed,
        ),
        size,
      );
    tidy(() => {
      const forward = (x: Tensor4D, w: Tensor4D) => depthwiseConv2d(x, w, 1, pad, 'NHWC', dilation);
      const [x, w] = [make(shape, 1), make(filterShape, 2)];
      const dy = make(forward(x, w).shape, 3);
      const attrs = { strides: 1, dilations: dilation, pad, dimRoundingMode: undefined };
      const run = (name: string, inputs: object, rest: object) =>
        engine().runKernel(name, inputs as never, { ...attrs, ...rest } as never) as Tensor4D;
      const dx = run('DepthwiseConv2dNativeBackpropInput', { dy, filter: w }, { inputShape: shape });
      const dw = run('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { filterShape });
      const dot = (a: Tensor, b: Tensor) => sum(mul(a, b)).dataSync()[0]!;
      for (const seed of [5, 6, 7, 8]) {
        const [along, alongFilter] = [make(shape, seed), make(filterShape, seed)];
        expect(dot(dx, along)).toBeCloseTo(dot(dy, forward(along, w)), 3);
        expect(dot(dw, alongFilter)).toBeCloseTo(dot(dy, forward(x, alongFilter)), 3);
      }
    });
  });
});

describe('a depthwise layer, which names no dilation', () => {
  it.each([1, 2])('stride %i gives what plain JavaScript gives', (strides) =>
    expectSame(() => {
      const layer = layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', depthwiseInitializer: 'ones' });
      const found = layer.apply(tensor4d(noise(2 * 9 * 8 * 5, 3), [2, 9, 8, 5])) as Tensor;
      layer.dispose();
      return [found];
    }),
  );
});
