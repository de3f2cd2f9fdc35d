import type { KernelFunctions } from '../kernel-functions.js';
import type { Heap } from './heap.js';

const { fround } = Math;

export function productCodes(heap: Heap): Pick<KernelFunctions, 'encode' | 'nearestCodes'> {
  return {
    nearestCodes(x, n, stride, width, codebook, codewords, out, outStride) {
      const { f32, u8 } = heap;
      const errors = new Float32Array(codewords);
      for (let row = 0; row < n; row++) {
        const values = f32.subarray((x >>> 2) + row * stride, (x >>> 2) + row * stride + width);
        measure(f32, { values, width, codebook: codebook >>> 2, codewords }, errors);
        u8[out + row * outStride] = argmin(errors);
      }
    },

    encode(x, n, stride, assigned, centroids, blocks, width, codebook, codewords, extra, rounds, out) {
      const { f32, u32, u8 } = heap;
      const padded = blocks * width;
      const row = new Float32Array(padded);
      const rest = new Float32Array(padded);
      const table = () => Array.from({ length: blocks }, () => new Float32Array(codewords));
      const errors = table();
      const parallel = table();
      let total = 0;
      for (let i = 0; i < n; i++) {
        const from = (x >>> 2) + i * stride;
        const centroid = assigned ? (centroids >>> 2) + u32[(assigned >>> 2) + i]! * stride : -1;
        let length = 0;
        for (let j = 0; j < padded; j++) {
          const value = j < stride ? f32[from + j]! : 0;
          row[j] = value;
          rest[j] = centroid >= 0 && j < stride ? value - f32[centroid + j]! : value;
          length = fround(length + fround(value * value));
        }
        const anisotropic = extra > 0 && length > 0;
        const codes = u8.subarray(out + i * blocks, out + (i + 1) * blocks);
        let along = 0;
        for (let m = 0; m < blocks; m++) {
          const block = {
            values: rest.subarray(m * width, (m + 1) * width),
            along: anisotropic ? row.subarray(m * width, (m + 1) * width) : undefined,
            width,
            codebook: (codebook >>> 2) + m * width * codewords,
            codewords,
          };
          measure(f32, block, errors[m]!, parallel[m]!);
          codes[m] = argmin(errors[m]!);
          if (anisotropic) along = fround(along + parallel[m]![codes[m]!]!);
        }
        if (anisotropic) descend(codes, { errors, parallel, along, weight: fround(fround(extra) / length), rounds });
        for (let m = 0; m < blocks; m++) total += errors[m]![codes[m]!]!;
      }
      return total;
    },
  };
}

interface Block {
  readonly values: Float32Array;
  readonly along?: Float32Array | undefined;
  readonly width: number;
  readonly codebook: number;
  readonly codewords: number;
}

/** Squared distances of one block to its codewords, and how far each leaves the row along itself. */
function measure(f32: Float32Array, block: Block, errors: Float32Array, parallel?: Float32Array): void {
  const { values, along, width, codebook, codewords } = block;
  for (let j = 0; j < codewords; j++) {
    let e = 0;
    let p = 0;
    for (let t = 0; t < width; t++) {
      const difference = fround(values[t]! - f32[codebook + t * codewords + j]!);
      e = fround(e + fround(difference * difference));
      if (along) p = fround(p + fround(difference * along[t]!));
    }
    errors[j] = e;
    if (parallel) parallel[j] = p;
  }
}

interface Descent {
  readonly errors: readonly Float32Array[];
  readonly parallel: readonly Float32Array[];
  readonly along: number;
  readonly weight: number;
  readonly rounds: number;
}

function descend(codes: Uint8Array, { errors, parallel, along, weight, rounds }: Descent): void {
  const losses = new Float32Array(errors[0]!.length);
  let sum = along;
  for (let round = 0; round < rounds; round++) {
    let changed = false;
    for (let m = 0; m < codes.length; m++) {
      const [e, p] = [errors[m]!, parallel[m]!];
      const others = fround(sum - p[codes[m]!]!);
      for (let j = 0; j < losses.length; j++) {
        const z = fround(others + p[j]!);
        losses[j] = e[j]! + fround(fround(z * z) * weight);
      }
      const code = argmin(losses);
      if (code !== codes[m]) changed = true;
      codes[m] = code;
      sum = fround(others + p[code]!);
    }
    if (!changed) return;
  }
}

function argmin(values: Float32Array): number {
  let position = 0;
  for (let j = 1; j < values.length; j++) if (values[j]! < values[position]!) position = j;
  return position;
}
