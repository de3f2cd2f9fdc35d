import { memory, type Tensor2D, tensor, tensor4d, tidy, type Variable, variableGrads, zeros } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { noise } from '../../test/compare-backends.js';
import { startBackend } from '../../test/start-backend.js';
import { enableWasmTraining } from '../wasm/enable-wasm-training.js';
import { type ConvEmbedder, createConvEmbedder, rebuildConvEmbedder } from './conv-embedder.js';
import type { ConvEmbedderOptions } from './conv-embedder-architecture.js';

beforeAll(() => startBackend('cpu'));

const small: ConvEmbedderOptions = {
  preprocessing: { width: 7, height: 6 },
  layers: [
    { channels: 4, stride: 2 },
    { channels: 5, kernelSize: 2 },
    { channels: 3, stride: 2, kernelSize: 5 },
  ],
  dim: 6,
};
const pictures = () => tensor4d(noise(2 * 6 * 7 * 3, 3), [2, 6, 7, 3]);
const embed = (model: ConvEmbedder) =>
  tidy(() => [...model.forward(pictures(), { training: false, seed: 0 }).dataSync()]);

describe('createConvEmbedder', () => {
  it('has the weights that its layers need', () => {
    const model = createConvEmbedder({ preprocessing: { width: 28, height: 28, colorOrder: 'gray' } });
    expect(model.weights.map(({ name, variable }) => [name, ...variable.shape])).toEqual([
      ['conv1/kernel', 3, 3, 1, 32],
      ['conv1/bias', 32],
      ['conv2/kernel', 3, 3, 32, 64],
      ['conv2/bias', 64],
      ['conv3/kernel', 3, 3, 64, 96],
      ['conv3/bias', 96],
      ['conv4/kernel', 3, 3, 96, 128],
      ['conv4/bias', 128],
      ['embedding/kernel', 4 * 4 * 128, 128],
    ]);
    expect(model.weights.reduce((sum, { variable }) => sum + variable.size, 0)).toBe(447_072);
    model.dispose();
  });

  it('starts with the variance of He et al., the same for a seed', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => createConvEmbedder({ ...small, seed }));
    expect(embed(a!)).toEqual(embed(b!));
    expect(embed(a!)).not.toEqual(embed(c!));
    const wide = createConvEmbedder({ ...small, layers: [{ channels: 50 }, { channels: 60 }], dim: 40 });
    const spread = (i: number) => {
      const values = wide.weights[i]!.variable.dataSync<'float32'>();
      return values.reduce((sum, value) => sum + value * value, 0) / values.length;
    };
    expect(spread(2) / (2 / (9 * 50))).toBeCloseTo(1, 1);
    expect(spread(4) / (1 / (6 * 7 * 60))).toBeCloseTo(1, 1);
    expect([spread(1), spread(3)]).toEqual([0, 0]);
  });

  it.each(['flatten', 'average'] as const)('computes what its layers say (%s)', (pooling) => {
    const model = createConvEmbedder({ ...small, pooling, seed: 4 });
    // Biases other than 0, so that they are seen.
    for (const { name, variable } of model.weights)
      if (name.endsWith('bias')) variable.assign(variable.add(0.1) as typeof variable);
    const expected = [0, 1].flatMap((row) => {
      const picture = noise(2 * 6 * 7 * 3, 3).subarray(row * 126, (row + 1) * 126);
      return plainForward(model, { data: Float64Array.from(picture), height: 6, width: 7, depth: 3 });
    });
    const got = embed(model);
    expect(got).toHaveLength(12);
    for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 5);
  });

  it.each(['cpu', 'wasm'] as const)('has the gradients of finite differences on %s', async (backend) => {
    await startBackend(backend);
    if (backend === 'wasm') enableWasmTraining();
    const model = createConvEmbedder({ ...small, seed: 2 });
    const wanted = noise(12, 9);
    const loss = () =>
      tidy(() => {
        const rows = model.forward(pictures(), { training: true, seed: 0 });
        return rows
          .mul(tensor(wanted, [2, 6]))
          .sum()
          .asScalar();
      });
    const { grads, value } = variableGrads(
      loss,
      model.weights.map(({ variable }) => variable),
    );
    for (const { variable } of model.weights) {
      const gradient = grads[variable.name]!.dataSync();
      const values = variable.dataSync<'float32'>().slice();
      for (const place of [0, Math.floor(values.length / 2), values.length - 1]) {
        // Small, for the rectifiers have kinks.
        const step = 3e-4;
        const [up, down] = [step, -step].map((change) => {
          const moved = values.slice();
          moved[place]! += change;
          variable.assign(tensorLike(moved, variable.shape));
          return loss().dataSync()[0]!;
        });
        variable.assign(tensorLike(values.slice(), variable.shape));
        expect(gradient[place]).toBeCloseTo((up! - down!) / (2 * step), 2);
      }
    }
    expect(Number.isFinite(value.dataSync()[0])).toBe(true);
    await startBackend('cpu');
  });

  it('gives finite gradients for pictures without any signal', () => {
    const model = createConvEmbedder(small);
    const { grads } = variableGrads(
      () =>
        tidy(() =>
          model
            .forward(zeros([2, 6, 7, 3]), { training: true, seed: 0 })
            .sum()
            .asScalar(),
        ),
      model.weights.map(({ variable }) => variable),
    );
    for (const gradient of Object.values(grads)) expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
  });

  it('becomes a plain LayersModel that points the same way', () => {
    const model = createConvEmbedder({ ...small, seed: 3 });
    const plain = model.toLayersModel();
    const rows = tidy(() => {
      const raw = plain.predict(pictures()) as Tensor2D;
      return [...raw.div(raw.norm('euclidean', 1, true)).dataSync()];
    });
    for (const [i, value] of embed(model).entries()) expect(rows[i]).toBeCloseTo(value, 5);
    expect(plain.layers.map((layer) => layer.getClassName())).toEqual([
      'InputLayer',
      'Conv2D',
      'Conv2D',
      'Conv2D',
      'Flatten',
      'Dense',
    ]);
    plain.dispose();
  });

  it('is built anew from its architecture, as JSON', () => {
    const model = createConvEmbedder({ ...small, seed: 7 });
    const again = rebuildConvEmbedder(JSON.parse(JSON.stringify(model.architecture)));
    expect(again.architecture).toEqual(model.architecture);
    again.weights.forEach(({ name, variable }, i) => {
      expect(name).toBe(model.weights[i]!.name);
      variable.assign(model.weights[i]!.variable);
    });
    expect(embed(again)).toEqual(embed(model));
    for (const bad of [{}, { kind: 'head' }, { ...model.architecture, dim: 0 }])
      expect(() => rebuildConvEmbedder(bad)).toThrow(expect.objectContaining({ code: 'BAD_FORMAT' }));
  });

  it('refuses options and pictures that do not fit', () => {
    const bad = [
      { layers: [] },
      { layers: [{ channels: 0 }] },
      { layers: [{ channels: 2, stride: 0.5 }] },
      { dim: 1.5 },
    ];
    for (const options of [...bad, { pooling: 'max' as never }])
      expect(() => createConvEmbedder({ ...small, ...options })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    const model = createConvEmbedder(small);
    expect(() => model.forward(zeros([1, 7, 6, 3]), { training: false, seed: 0 })).toThrow(/\[n, 6, 7, 3\]/);
    model.dispose();
    model.dispose();
    expect(() => embed(model)).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
  });

  it('leaves no tensors behind', () => {
    const before = memory().numTensors;
    const model = createConvEmbedder(small);
    embed(model);
    model.toLayersModel().dispose();
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

interface Maps {
  readonly data: Float64Array;
  readonly height: number;
  readonly width: number;
  readonly depth: number;
}

/** The definition, in loops: convolutions with zeros around, half of them before, then a matrix, then unit length. */
function plainForward({ architecture, weights }: ConvEmbedder, picture: Maps): number[] {
  let maps = picture;
  architecture.layers.forEach((layer, i) => {
    const [kernel, bias] = [weights[2 * i]!, weights[2 * i + 1]!].map(({ variable }) => variable.dataSync());
    maps = plainConvolution(maps, { ...layer, kernel: kernel!, bias: bias! });
  });
  const { depth, data } = maps;
  const places = data.length / depth;
  const flat =
    architecture.pooling === 'flatten'
      ? [...data]
      : Array.from({ length: depth }, (_, c) => {
          let sum = 0;
          for (let p = 0; p < places; p++) sum += data[p * depth + c]!;
          return sum / places;
        });
  const projection = weights.at(-1)!.variable.dataSync();
  const row = Array.from({ length: architecture.dim }, (_, d) =>
    flat.reduce((sum, value, f) => sum + value * projection[f * architecture.dim + d]!, 0),
  );
  const length = Math.hypot(...row);
  return row.map((value) => value / length);
}

function plainConvolution(
  { data, height, width, depth }: Maps,
  layer: { channels: number; stride: number; kernelSize: number; kernel: ArrayLike<number>; bias: ArrayLike<number> },
): Maps {
  const { channels, stride, kernelSize, kernel, bias } = layer;
  const [rows, columns] = [height, width].map((side) => Math.ceil(side / stride)) as [number, number];
  const before = (side: number, out: number) => Math.floor(Math.max(0, (out - 1) * stride + kernelSize - side) / 2);
  const [top, left] = [before(height, rows), before(width, columns)];
  const out = new Float64Array(rows * columns * channels);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (let c = 0; c < channels; c++) {
        let sum = bias[c]!;
        for (let i = 0; i < kernelSize; i++)
          for (let j = 0; j < kernelSize; j++) {
            const [v, u] = [y * stride - top + i, x * stride - left + j];
            if (v < 0 || u < 0 || v >= height || u >= width) continue;
            for (let d = 0; d < depth; d++)
              sum += data[(v * width + u) * depth + d]! * kernel[((i * kernelSize + j) * depth + d) * channels + c]!;
          }
        out[(y * columns + x) * channels + c] = Math.max(0, sum);
      }
  return { data: out, height: rows, width: columns, depth: channels };
}

const tensorLike = (values: Float32Array, shape: number[]) => tensor(values, shape) as Variable;
