// Product codes: each block of a row becomes the number of its nearest codeword (16 or 256 a block).
// Codebooks are transposed: [block][dimension in block][codeword].
import { mulAdd } from './simd';

/** The smallest lane, in every lane. pmin is one instruction where min is several: no NaN comes here. */
@inline function leastEverywhere(a: v128, b: v128, c: v128, d: v128): v128 {
  let v = f32x4.pmin(f32x4.pmin(a, b), f32x4.pmin(c, d));
  v = f32x4.pmin(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.pmin(v, v128.shuffle<i32>(v, v, 1, 0, 3, 2));
}

/** Position of the smallest of `count` numbers (a multiple of 16); the first of equals. */
@inline function argmin(values: usize, count: i32): i32 {
  let best: f32 = Infinity;
  let position = 0;
  for (let j = 0; j < count; j += 16) {
    const p = values + (<usize>j << 2);
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    const all = leastEverywhere(a, b, c, d);
    const smallest = f32x4.extract_lane(all, 0);
    if (smallest >= best) continue;
    best = smallest;
    const hits = i8x16.bitmask(
      i8x16.narrow_i16x8_s(
        i16x8.narrow_i32x4_s(f32x4.eq(a, all), f32x4.eq(b, all)),
        i16x8.narrow_i32x4_s(f32x4.eq(c, all), f32x4.eq(d, all)),
      ),
    );
    position = j + ctz(hits);
  }
  return position;
}

/** Squared distances of one block to its codewords, and how far each leaves the row along `along`. */
@inline function measure(
  values: usize, along: usize, width: i32, codebook: usize, codewords: i32, errors: usize, parallel: usize,
): void {
  for (let j = 0; j < codewords; j += 4) {
    let e = f32x4.splat(0);
    let p = e;
    for (let t = 0; t < width; t++) {
      const y = v128.load_splat<f32>(values + (<usize>t << 2));
      const difference = f32x4.sub(y, v128.load(codebook + (<usize>(t * codewords + j) << 2)));
      e = mulAdd(difference, difference, e);
      if (along) p = mulAdd(difference, v128.load_splat<f32>(along + (<usize>t << 2)), p);
    }
    v128.store(errors + (<usize>j << 2), e);
    if (along) v128.store(parallel + (<usize>j << 2), p);
  }
}

/** Nearest codeword of one block of every row; u8 a row at `out`, `outStride` apart. `scratch`: 1,024 bytes. */
export function nearestCodes(
  x: usize, n: i32, stride: i32, width: i32, codebook: usize, codewords: i32, out: usize, outStride: i32, scratch: usize,
): void {
  for (let row = 0; row < n; row++) {
    measure(x + (<usize>row * stride << 2), 0, width, codebook, codewords, scratch, 0);
    store<u8>(out + <usize>row * outStride, argmin(scratch, codewords));
  }
}

/**
 * Codes of rows that minimise |r|^2 + extra * (r . x)^2 / |x|^2, r the difference of a row to what its codes say:
 * each block starts at its nearest codeword, then blocks change one by one until none does, at most `rounds` times.
 *
 * Returns the sum of |r|^2. `assigned` 0: codes of rows, not of differences to centroids.
 * `scratch`: 8 bytes a dimension (blocks * width) and 8 a codeword of all blocks.
 */
export function encode(
  x: usize, n: i32, stride: i32, assigned: usize, centroids: usize, blocks: i32, width: i32, codebook: usize,
  codewords: i32, extra: f32, rounds: i32, out: usize, scratch: usize,
): f64 {
  const padded = blocks * width;
  const row = scratch;
  const rest = row + (<usize>padded << 2);
  const errors = rest + (<usize>padded << 2);
  const parallel = errors + (<usize>(blocks * codewords) << 2);
  const blockBytes = <usize>(width * codewords) << 2;
  const errorBytes = <usize>codewords << 2;
  let total: f64 = 0;
  for (let i = 0; i < n; i++) {
    const from = x + (<usize>i * stride << 2);
    const centroid = assigned ? centroids + (<usize>load<u32>(assigned + (<usize>i << 2)) * stride << 2) : 0;
    let length: f32 = 0;
    for (let j = 0; j < padded; j++) {
      const at = <usize>j << 2;
      const value = j < stride ? load<f32>(from + at) : 0;
      store<f32>(row + at, value);
      store<f32>(rest + at, centroid && j < stride ? value - load<f32>(centroid + at) : value);
      length += value * value;
    }
    const anisotropic = extra > 0 && length > 0;
    const codes = out + <usize>i * blocks;
    let along: f32 = 0;
    for (let m = 0; m < blocks; m++) {
      const at = <usize>(m * width) << 2;
      const e = errors + <usize>m * errorBytes;
      const p = parallel + <usize>m * errorBytes;
      measure(rest + at, anisotropic ? row + at : 0, width, codebook + <usize>m * blockBytes, codewords, e, p);
      const code = argmin(e, codewords);
      store<u8>(codes + m, code);
      if (anisotropic) along += load<f32>(p + (<usize>code << 2));
    }
    if (anisotropic) descend(codes, blocks, codewords, errors, parallel, along, extra / length, rounds);
    for (let m = 0; m < blocks; m++)
      total += load<f32>(errors + <usize>m * errorBytes + (<usize>load<u8>(codes + m) << 2));
  }
  return total;
}

function descend(
  codes: usize, blocks: i32, codewords: i32, errors: usize, parallel: usize, along: f32, weight: f32, rounds: i32,
): void {
  const weights = f32x4.splat(weight);
  const errorBytes = <usize>codewords << 2;
  for (let round = 0; round < rounds; round++) {
    let changed = false;
    for (let m = 0; m < blocks; m++) {
      const e = errors + <usize>m * errorBytes;
      const p = parallel + <usize>m * errorBytes;
      const old = <i32>load<u8>(codes + m);
      const others = along - load<f32>(p + (<usize>old << 2));
      const base = f32x4.splat(others);
      let best: f32 = Infinity;
      let code = 0;
      for (let j = 0; j < codewords; j += 16) {
        const at = <usize>j << 2;
        let z = f32x4.add(base, v128.load(p + at));
        const a = mulAdd(f32x4.mul(z, z), weights, v128.load(e + at));
        z = f32x4.add(base, v128.load(p + at, 16));
        const b = mulAdd(f32x4.mul(z, z), weights, v128.load(e + at, 16));
        z = f32x4.add(base, v128.load(p + at, 32));
        const c = mulAdd(f32x4.mul(z, z), weights, v128.load(e + at, 32));
        z = f32x4.add(base, v128.load(p + at, 48));
        const d = mulAdd(f32x4.mul(z, z), weights, v128.load(e + at, 48));
        const all = leastEverywhere(a, b, c, d);
        const smallest = f32x4.extract_lane(all, 0);
        if (smallest >= best) continue;
        best = smallest;
        code = j + ctz(
          i8x16.bitmask(
            i8x16.narrow_i16x8_s(
              i16x8.narrow_i32x4_s(f32x4.eq(a, all), f32x4.eq(b, all)),
              i16x8.narrow_i32x4_s(f32x4.eq(c, all), f32x4.eq(d, all)),
            ),
          ),
        );
      }
      if (code != old) {
        store<u8>(codes + m, code);
        changed = true;
      }
      along = others + load<f32>(p + (<usize>code << 2));
    }
    if (!changed) return;
  }
}
