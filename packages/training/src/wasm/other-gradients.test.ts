// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: a table of functions by their names
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSame, noise } from '../../test/compare-backends.js';
import { startBackend } from '../../test/start-backend.js';
import { enableWasmTraining } from './enable-wasm-training.js';

beforeAll(() => void enableWasmTraining());

/** What the function gives, and the gradients of a weighted sum of it. */
function gradients(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  ...shapes: readonly (readonly number[])[]
): () => readonly tf.Tensor[] {
  return () => {
    const inputs = shapes.map((shape, i) => tf.tensor(noise(tf.util.sizeFromShape([...shape]), i + 1), [...shape]));
    const value = (...inputs: tf.Tensor[]) => {
      const y = f(...inputs);
      return tf.sum(tf.mul(y, tf.tensor(noise(y.size, 77), y.shape)));
    };
    return [f(...inputs), ...tf.grads(value)(inputs)];
  };
}

const pictures = [2, 9, 8, 5] as const;
const image = (x: tf.Tensor) => x as tf.Tensor4D;

describe('pooling', () => {
  const grid = [];
  for (const kernel of [1, 2, 3, 5])
    for (const stride of [1, 2, 3]) for (const pad of ['same', 'valid'] as const) grid.push({ kernel, stride, pad });
  it.each(grid)('max and average, kernel $kernel, stride $stride, $pad', async ({ kernel, stride, pad }) => {
    await expectSame(gradients((x) => tf.maxPool(image(x), kernel, stride, pad), pictures));
    await expectSame(gradients((x) => tf.avgPool(image(x), kernel, stride, pad), pictures));
  });
  it('of equal pixels gives all to the first', () =>
    expectSame(gradients((x) => tf.maxPool(tf.relu(image(x)), 3, 2, 'same'), pictures)));
  it('padded by a number', async () => {
    await expectSame(gradients((x) => tf.maxPool(image(x), 3, 2, 1), [3, 7, 10, 6]));
    await expectSame(gradients((x) => tf.avgPool(image(x), 2, 2, 1), [3, 7, 10, 6]));
  });
  it('with windows that are not square', async () => {
    await expectSame(gradients((x) => tf.maxPool(image(x), [2, 3], [2, 1], 'same'), [3, 7, 10, 6]));
    await expectSame(gradients((x) => tf.avgPool(image(x), [3, 1], [1, 2], 'valid'), [3, 7, 10, 6]));
  });
  it('over the whole picture', async () => {
    await expectSame(gradients((x) => tf.mean(x, [1, 2]), pictures));
    await expectSame(gradients((x) => tf.max(x, [1, 2]), pictures));
  });
});

describe('products of matrices', () => {
  const flags = [false, true].flatMap((a) => [false, true].map((b) => ({ a, b })));
  const turn = (shape: readonly number[], turned: boolean) =>
    turned ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
  it.each(
    flags.flatMap(({ a, b }) =>
      [
        { left: [7, 5], right: [5, 9] },
        { left: [1, 1], right: [1, 1] },
        { left: [33, 64], right: [64, 17] },
        { left: [3, 7, 5], right: [3, 5, 4] },
        { left: [2, 2, 7, 5], right: [2, 2, 5, 4] },
      ].map((shapes) => ({ a, b, ...shapes })),
    ),
  )('$left x $right, transposed $a and $b', ({ a, b, left, right }) =>
    expectSame(gradients((x, y) => tf.matMul(x, y, a, b), turn(left, a), turn(right, b))),
  );
  // Their gradients tfjs refuses on every backend.
  it.each(
    flags.flatMap(({ a, b }) =>
      [
        { left: [1, 7, 5], right: [4, 5, 6] },
        { left: [4, 7, 5], right: [5, 6] },
        { left: [2, 1, 3, 4], right: [1, 3, 4, 5] },
      ].map((shapes) => ({ a, b, ...shapes })),
    ),
  )('$left x $right, spread over the batch, transposed $a and $b', ({ a, b, left, right }) =>
    expectSame(() => [
      tf.matMul(
        tf.tensor(noise(tf.util.sizeFromShape(left), 1), turn(left, a) as number[]),
        tf.tensor(noise(tf.util.sizeFromShape(right), 2), turn(right, b) as number[]),
        a,
        b,
      ),
    ]),
  );
  it.each(flags)('fused with bias and relu, transposed $a and $b', ({ a, b }) =>
    expectSame(
      gradients(
        (x, y, bias) =>
          tf.fused.matMul({ a: x, b: y, transposeA: a, transposeB: b, bias, activation: 'relu' } as never),
        turn([7, 5], a),
        turn([5, 9], b),
        [9],
      ),
    ),
  );
});

describe('fused convolutions', () => {
  it.each([1, 2])('stride %s with bias and relu', (stride) =>
    expectSame(
      gradients(
        (x, filter, bias) =>
          tf.fused.conv2d({
            x: image(x),
            filter: filter as tf.Tensor4D,
            strides: stride,
            pad: 'same',
            bias,
            activation: 'relu',
          }),
        pictures,
        [3, 3, 5, 7],
        [7],
      ),
    ),
  );
  it('depthwise with bias', () =>
    expectSame(
      gradients(
        (x, filter, bias) =>
          tf.fused.depthwiseConv2d({ x: image(x), filter: filter as tf.Tensor4D, strides: 1, pad: 'same', bias }),
        pictures,
        [3, 3, 5, 1],
        [5],
      ),
    ));
  it('transposed', () =>
    expectSame(
      gradients(
        (x, filter) => tf.conv2dTranspose(image(x), filter as tf.Tensor4D, [2, 18, 16, 4], 2, 'same'),
        pictures,
        [3, 3, 4, 5],
      ),
    ));
  it('separable', () =>
    expectSame(
      gradients(
        (x, depth, point) => tf.separableConv2d(image(x), depth as tf.Tensor4D, point as tf.Tensor4D, 2, 'same'),
        pictures,
        [3, 3, 5, 2],
        [1, 1, 10, 6],
      ),
    ));
});

describe('element by element', () => {
  const positive = (x: tf.Tensor) => tf.add(tf.abs(x), 0.1);
  const functions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    ...Object.fromEntries(
      (
        ['relu', 'relu6', 'elu', 'selu', 'sigmoid', 'tanh', 'leakyRelu', 'softplus', 'abs', 'square', 'exp'] as const
      ).map((name) => [name, (x: tf.Tensor) => tf[name](x)]),
    ),
    ...Object.fromEntries(
      (['log', 'log1p', 'sqrt', 'rsqrt', 'reciprocal'] as const).map((name) => [
        name,
        (x: tf.Tensor) => tf[name](positive(x)),
      ]),
    ),
    acos: (x) => tf.acos(tf.mul(x, 0.99)),
    cos: tf.cos,
    erf: tf.erf,
    clip: (x) => tf.clipByValue(x, -0.5, 0.5),
    pow: (x) => tf.pow(positive(x), 1.7),
    'maximum of a number': (x) => tf.maximum(x, 0.1),
    'minimum of a number': (x) => tf.minimum(x, 0.1),
    where: (x) => tf.where(tf.tensor([true, false, true, false, true], [5]), x, tf.mul(x, 3)),
    cast: (x) => tf.cast(tf.mul(x, 2), 'float32'),
    neg: tf.neg,
  };
  it.each(Object.keys(functions))('%s', (name) => expectSame(gradients(functions[name]!, [8, 5])));
  it('with another that is spread over it', async () => {
    for (const f of [tf.add, tf.sub, tf.mul])
      for (const shape of [[5], [8, 1], [1, 1], []])
        await expectSame(gradients((x, y) => f(x, y) as tf.Tensor, [8, 5], shape));
    await expectSame(gradients((x, y) => tf.div(x, positive(y)), [8, 5], [8, 1]));
    await expectSame(gradients((x, slope) => tf.prelu(x, slope), [8, 5], [5]));
  });
});

describe('over axes', () => {
  const functions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    'sum of rows': (x) => tf.sum(x, 1),
    'sum of columns': (x) => tf.sum(x, 0),
    mean: (x) => tf.mean(x, 0),
    max: (x) => tf.max(x, 1),
    min: (x) => tf.min(x, 1),
    prod: (x) => tf.prod(x, 1),
    logSumExp: (x) => tf.logSumExp(x, 1),
    softmax: (x) => tf.softmax(x),
    logSoftmax: (x) => tf.logSoftmax(x),
    norm: (x) => tf.norm(x, 2, 1),
    'unit rows': (x) => tf.div(x, tf.norm(x, 2, 1, true)),
    cumsum: (x) => tf.cumsum(x, 1),
    moments: (x) => tf.moments(x, 0).variance,
  };
  it.each(Object.keys(functions))('%s', (name) => expectSame(gradients(functions[name]!, [8, 5])));
});

describe('places', () => {
  const functions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    gather: (x) => tf.gather(x, tf.tensor1d([1, 1, 4, 7, 1], 'int32')),
    'gather of columns': (x) => tf.gather(x, tf.tensor1d([3, 3, 0], 'int32'), 1),
    'gather by a matrix': (x) => tf.gather(x, tf.tensor2d([1, 2, 2, 0], [2, 2], 'int32')),
    'segment sum': (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 2, 2, -1, 0, 3, 1, 2], 'int32'), 4),
    slice: (x) => tf.slice(x, [1, 2], [4, 2]),
    pad: (x) =>
      tf.pad(x as tf.Tensor2D, [
        [1, 2],
        [0, 3],
      ]),
    'mirrored pad': (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        'reflect',
      ),
    concat: (x) => tf.concat([x, tf.mul(x, 2), x], 1),
    stack: (x) => tf.stack([x, tf.mul(x, 2)], 1),
    unstack: (x) => tf.unstack(x, 1)[2]!,
    split: (x) => tf.split(x, [1, 3, 1], 1)[1]!,
    tile: (x) => tf.tile(x, [2, 3]),
    reverse: (x) => tf.reverse(x, 1),
    transpose: (x) => tf.transpose(x),
    expand: (x) => tf.broadcastTo(tf.expandDims(x, 1), [8, 3, 5]),
    'top of rows': (x) => tf.topk(x, 2).values,
  };
  it.each(Object.keys(functions).filter((name) => name !== 'top of rows'))('%s', (name) =>
    expectSame(gradients(functions[name]!, [8, 5])),
  );
  it('sums of segments of rows that are pictures, and of whole numbers', async () => {
    const ids = () => tf.tensor1d([1, 0], 'int32');
    await expectSame(gradients((x) => tf.unsortedSegmentSum(x, ids(), 3), pictures));
    const whole = () => tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32');
    await expectSame(() => [tf.cast(tf.unsortedSegmentSum(whole(), ids(), 2), 'float32')]);
    await startBackend('wasm');
    const beyond = tf.unsortedSegmentSum(whole(), tf.tensor1d([1, 2], 'int32'), 2);
    expect(beyond.dtype).toBe('int32');
    expect([...beyond.dataSync()]).toEqual([0, 0, 1, 2]);
  });
  it('slices with steps', () =>
    expectSame(() => {
      const x = tf.tensor(noise(2 * 9 * 8 * 5, 4), [2, 9, 8, 5]);
      return [
        tf.stridedSlice(x, [0, 0, 0, 0], [2, 9, 8, 5], [1, 2, 2, 1]),
        tf.stridedSlice(x, [1, 8, 1, 0], [2, 0, 8, 5], [1, -3, 2, 2]),
        tf.stridedSlice(x, [0, 2, 0, 0], [2, 2, 8, 5], [1, 2, 1, 1]),
        tf.stridedSlice(tf.cast(tf.mul(x, 100), 'int32'), [0, 0, 0, 4], [2, 9, 8, 0], [1, 4, 1, -2]),
      ];
    }));

  // Here plain JavaScript mixes the axes up.
  it('slices with steps that drop axes', async () => {
    await startBackend('wasm');
    const x = tf.tensor(noise(2 * 9 * 8 * 5, 4), [2, 9, 8, 5]);
    const got = tf.stridedSlice(x, [0, 3, 0, 1], [2, 4, 8, 2], [1, 1, 2, 1], 0, 0, 0, 0, 0b1010);
    const values = x.arraySync() as number[][][][];
    expect(got.arraySync()).toEqual(values.map((rows) => [0, 2, 4, 6].map((column) => rows[3]![column]![1]!)));
  });
});

describe('of pictures', () => {
  it.each([true, false])('resized, corners aligned: %s', async (aligned) => {
    for (const side of [5, 13]) {
      await expectSame(gradients((x) => tf.image.resizeBilinear(image(x), [side, side], aligned), [1, 8, 8, 3]));
      await expectSame(gradients((x) => tf.image.resizeNearestNeighbor(image(x), [side, side], aligned), [1, 8, 8, 3]));
    }
  });
  // For several pictures, and for those that are not square, plain JavaScript is wrong. Resizing is linear: the gradient's
  // product with any other picture is the change of the output along it.
  it.each([
    { kind: 'bilinear', aligned: true, size: [5, 17] as [number, number] },
    { kind: 'bilinear', aligned: false, size: [13, 3] as [number, number] },
    { kind: 'nearest', aligned: true, size: [5, 17] as [number, number] },
    { kind: 'nearest', aligned: false, size: [13, 3] as [number, number] },
    { kind: 'nearest', aligned: true, size: [1, 1] as [number, number] },
  ])('resized without keeping the square: $kind, corners aligned: $aligned, $size', async ({ kind, aligned, size }) => {
    await startBackend('wasm');
    const resize = kind === 'bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
    const make = (seed: number) => tf.tensor4d(noise(2 * 9 * 8 * 5, seed), [2, 9, 8, 5]);
    const along = make(2);
    const dy = tf.tensor(noise(2 * size[0] * size[1] * 5, 3), [2, ...size, 5]);
    const grad = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(resize(image(x), size, aligned), dy)));
    grad(make(4)).dispose();
    const dx = grad(make(1));
    expect(dx.shape).toEqual(along.shape);
    const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0]!;
    expect(dot(dx, along)).toBeCloseTo(dot(dy, resize(along, size, aligned)), 3);
  });
  it('batch normalisation', () =>
    expectSame(
      gradients(
        (x, mean, variance, offset, scale) =>
          tf.batchNorm(
            image(x),
            mean as tf.Tensor1D,
            tf.add(tf.abs(variance), 0.2),
            offset as never,
            scale as never,
            1e-3,
          ),
        pictures,
        [5],
        [5],
        [5],
        [5],
      ),
    ));
  it('batch normalisation by the moments of the batch', () =>
    expectSame(
      gradients((x) => {
        const { mean, variance } = tf.moments(x, [0, 1, 2]);
        return tf.batchNorm(image(x), mean as tf.Tensor1D, variance as tf.Tensor1D, tf.zeros([5]), tf.ones([5]));
      }, pictures),
    ));
  it('local response normalisation', () =>
    expectSame(gradients((x) => tf.localResponseNormalization(image(x), 2), pictures)));
});

describe('optimisers', () => {
  it.each(['sgd', 'adam', 'rmsprop', 'adagrad'] as const)('%s moves as on cpu', (name) =>
    expectSame(() => {
      const w = tf.variable(tf.tensor(noise(20, 1), [4, 5]));
      const optimiser = tf.train[name](0.1);

      optimiser.minimize(() => tf.sum(tf.square(tf.matMul(w, tf.tensor(noise(15, 2), [5, 3])))) as tf.Scalar);
      const moved = tf.clone(w);
      w.dispose();
      optimiser.dispose();
      return [moved];
    }),
  );
});
