import { createRng } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { type Kernels, loadKernels } from './load-kernels.js';

const engines = {
  wasm: () => loadKernels({ relaxed: false }),
  'wasm, relaxed where the host has it': () => loadKernels(),
  js: () => loadKernels({ prefer: 'js' }),
};

function place(kernels: Kernels, values: Float32Array, slack = 4096): number {
  const offset = kernels.memory.allocate(values.byteLength + slack);
  kernels.memory.f32(offset, values.length).set(values);
  return offset;
}

function normals(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, createRng(seed).normal);
}

/** Every engine's bytes; the build path is never fused, so all must agree. */
async function onEveryEngine<T>(work: (kernels: Kernels) => T): Promise<T> {
  const results = await Promise.all(Object.values(engines).map(async (load) => work(await load())));
  for (const result of results) expect(result).toEqual(results[0]);
  return results[0]!;
}

describe('quantizeI8', () => {
  it.each([4, 20, 128])('rounds half to even with the row maximum at 127, stride %i', async (stride) => {
    const n = 9;
    const strideI8 = Math.ceil(stride / 16) * 16;
    const x = normals(n * stride, stride);
    x.fill(0, 0, stride);
    const { rows, scales } = await onEveryEngine((kernels) => {
      const [from, to, s] = [place(kernels, x), kernels.memory.allocate(n * strideI8), kernels.memory.allocate(4 * n)];
      kernels.quantizeI8(from, n, stride, to, strideI8, s);
      return { rows: kernels.memory.i8(to, n * strideI8).slice(), scales: kernels.memory.f32(s, n).slice() };
    });
    expect(scales[0]).toBe(0);
    for (let row = 1; row < n; row++) {
      const values = x.subarray(row * stride, (row + 1) * stride);
      const most = Math.max(...values.map(Math.abs));
      expect(scales[row]).toBeCloseTo(most / 127, 6);
      values.forEach((value, j) => {
        expect(Math.abs(rows[row * strideI8 + j]! - (value * 127) / most)).toBeLessThan(0.5001);
      });
      expect([...rows.subarray(row * strideI8 + stride, (row + 1) * strideI8)].every((v) => v === 0)).toBe(true);
    }
  });
});

describe('assign', () => {
  it.each([
    [37, 12, 5],
    [130, 8, 16],
    [4, 4, 1],
  ])('finds the column of the largest x . c + bias: %i rows, stride %i, %i columns', async (n, stride, columns) => {
    const k = Math.ceil(columns / 8) * 8;
    const x = normals(n * stride, n);
    const c = normals(columns * stride, stride + 50);
    const bias = normals(columns, 9);
    const panels = new Float32Array(k * stride);
    for (let column = 0; column < columns; column++)
      for (let j = 0; j < stride; j++)
        panels[(column >> 3) * 8 * stride + j * 8 + (column & 7)] = c[column * stride + j]!;
    const padded = new Float32Array(k).fill(-3e38);
    padded.set(bias);
    const found = await onEveryEngine((kernels) => {
      const at = [place(kernels, x, 64 * stride), place(kernels, panels), place(kernels, padded)] as const;
      const [index, score, scratch] = [1, 2, 3].map(() => kernels.memory.allocate(8192 + 4 * n)) as [
        number,
        number,
        number,
      ];
      kernels.assign(at[0], n, stride, at[1], at[2], k, index, score, scratch);
      return { index: kernels.memory.i32(index, n).slice(), score: kernels.memory.f32(score, n).slice() };
    });
    for (let row = 0; row < n; row++) {
      const scores = Array.from({ length: columns }, (_, column) => {
        let sum = bias[column]!;
        for (let j = 0; j < stride; j++) sum += x[row * stride + j]! * c[column * stride + j]!;
        return sum;
      });
      expect(found.index[row]).toBe(scores.indexOf(Math.max(...scores)));
      expect(found.score[row]).toBeCloseTo(Math.max(...scores), 4);
    }
  });

  it('takes the lower of equal columns', async () => {
    const found = await onEveryEngine((kernels) => {
      const [x, panels, bias] = [
        place(kernels, new Float32Array(16)),
        place(kernels, new Float32Array(64)),
        place(kernels, new Float32Array(16)),
      ];
      const out = kernels.memory.allocate(64);
      kernels.assign(x, 1, 4, panels, bias, 16, out, kernels.memory.allocate(64), kernels.memory.allocate(8192));
      return kernels.memory.i32(out, 1)[0];
    });
    expect(found).toBe(0);
  });
});

/** The plain loss: |r|^2 + extra (r . x)^2 / |x|^2 for r = (x - centroid) - codewords. */
function loss(x: Float32Array, rest: Float32Array, said: Float32Array, extra: number): number {
  let [squares, along, length] = [0, 0, 0];
  x.forEach((value, j) => {
    const r = rest[j]! - said[j]!;
    squares += r * r;
    along += r * value;
    length += value * value;
  });
  return squares + (extra * along * along) / length;
}

describe.each([
  [16, 2, 6],
  [256, 1, 5],
  [16, 3, 4],
])('encode with %i codewords of %i dimensions, %i blocks', (codewords, width, blocks) => {
  const n = 25;
  const stride = Math.ceil((width * blocks) / 4) * 4;
  const x = normals(n * stride, codewords + width);
  const dim = width * blocks - (width > 1 ? 1 : 0);
  for (let row = 0; row < n; row++) x.fill(0, row * stride + dim, (row + 1) * stride);
  const centroids = normals(3 * stride, 4).map((v, i) => (i % stride < dim ? v * 0.3 : 0));
  const codebook = normals(blocks * width * codewords, 77);
  codebook.fill(0, dim * codewords); // a padded dimension is zero in every codeword
  const assigned = Uint32Array.from({ length: n }, (_, i) => i % 3);

  const encodeAll = (extra: number, rounds: number) =>
    onEveryEngine((kernels) => {
      const { memory } = kernels;
      const [rows, c, book] = [place(kernels, x), place(kernels, centroids), place(kernels, codebook)];
      const [a, out] = [memory.allocate(4 * n), memory.allocate(n * blocks)];
      const scratch = memory.allocate(8 * blocks * (width + codewords));
      memory.u32(a, n).set(assigned);
      const total = kernels.encode(rows, n, stride, a, c, blocks, width, book, codewords, extra, rounds, out, scratch);
      return { total, codes: memory.u8(out, n * blocks).slice() };
    });

  const lossOf = (row: number, codes: Uint8Array, extra: number) => {
    const values = x.slice(row * stride, row * stride + dim);
    const rest = values.map((value, j) => value - centroids[assigned[row]! * stride + j]!);
    const said = values.map((_, j) => {
      const m = Math.floor(j / width);
      return codebook[(m * width + (j % width)) * codewords + codes[m]!]!;
    });
    return loss(values, rest, said, extra);
  };

  it('chooses the nearest codeword of each block when nothing is extra', async () => {
    const { total, codes } = await encodeAll(0, 10);
    let sum = 0;
    for (let row = 0; row < n; row++) {
      const chosen = codes.subarray(row * blocks, (row + 1) * blocks);
      const best = lossOf(row, chosen, 0);
      sum += best;
      for (let m = 0; m < blocks; m++)
        for (let j = 0; j < codewords; j += 5) {
          const other = chosen.slice();
          other[m] = j;
          expect(lossOf(row, other, 0)).toBeGreaterThan(best - 1e-4);
        }
    }
    expect(total).toBeCloseTo(sum, 2);
  });

  it('ends where no single change lowers the anisotropic loss, below the plain codes', async () => {
    const extra = 4.125 - 1;
    const plain = await encodeAll(0, 10);
    const { codes } = await encodeAll(extra, 50);
    let [better, worse] = [0, 0];
    for (let row = 0; row < n; row++) {
      const chosen = codes.subarray(row * blocks, (row + 1) * blocks);
      const best = lossOf(row, chosen, extra);
      better += best;
      worse += lossOf(row, plain.codes.subarray(row * blocks, (row + 1) * blocks), extra);
      for (let m = 0; m < blocks; m++)
        for (let j = 0; j < codewords; j++) {
          const other = chosen.slice();
          other[m] = j;
          expect(lossOf(row, other, extra)).toBeGreaterThan(best - 1e-3);
        }
    }
    expect(better).toBeLessThan(worse);
  });

  it('finds the nearest codeword of one block alone', async () => {
    const block = await onEveryEngine((kernels) => {
      const [rows, book, out] = [place(kernels, x), place(kernels, codebook), kernels.memory.allocate(n)];
      kernels.nearestCodes(rows, n, stride, width, book, codewords, out, 1, kernels.memory.allocate(1024));
      return kernels.memory.u8(out, n).slice();
    });
    for (let row = 0; row < n; row++) {
      const distances = Array.from({ length: codewords }, (_, j) => {
        let sum = 0;
        for (let t = 0; t < width; t++) sum += (x[row * stride + t]! - codebook[t * codewords + j]!) ** 2;
        return sum;
      });
      expect(distances[block[row]!]).toBeCloseTo(Math.min(...distances), 5);
    }
  });
});
