// The nearest of k columns for every row: argmax of x . c + bias. Never fused, so the same on every host.
import { mulAdd } from './simd';

const ROWS: i32 = 128;

@inline function keepBetter(best: usize, index: usize, s0: v128, s1: v128, i0: v128, i1: v128): void {
  let old = v128.load(best);
  let better = f32x4.gt(s0, old);
  v128.store(best, v128.bitselect(s0, old, better));
  v128.store(index, v128.bitselect(i0, v128.load(index), better));
  old = v128.load(best, 16);
  better = f32x4.gt(s1, old);
  v128.store(best, v128.bitselect(s1, old, better), 16);
  v128.store(index, v128.bitselect(i1, v128.load(index, 16), better), 16);
}

/**
 * `panels`: the columns, 8 side by side: `[k / 8][stride][8]`; `k` a multiple of 8, filled up with a bias of -3e38.
 * Rows have 4 rows of slack. Ties: the lower column. `scratch`: 8,192 bytes.
 */
export function assign(
  x: usize, n: i32, stride: i32, panels: usize, bias: usize, k: i32, outIndex: usize, outScore: usize, scratch: usize,
): void {
  const best = scratch;
  const index = scratch + (ROWS << 5);
  const bytes = <usize>stride << 2;
  for (let start = 0; start < n; start += ROWS) {
    const rows = min(ROWS, n - start);
    for (let i = 0; i < ROWS << 3; i += 4) {
      v128.store(best + (<usize>i << 2), f32x4.splat(-Infinity));
      v128.store(index + (<usize>i << 2), i32x4.splat(0));
    }
    for (let column = 0; column < k; column += 8) {
      const panel = panels + <usize>column * bytes;
      const b0 = v128.load(bias + (<usize>column << 2));
      const b1 = v128.load(bias + (<usize>column << 2), 16);
      const i0 = i32x4.add(i32x4.splat(column), i32x4(0, 1, 2, 3));
      const i1 = i32x4.add(i0, i32x4.splat(4));
      for (let row = 0; row < rows; row += 4) {
        const x0 = x + <usize>(start + row) * bytes;
        const x1 = x0 + bytes;
        const x2 = x1 + bytes;
        const x3 = x2 + bytes;
        let s00 = b0, s01 = b1, s10 = b0, s11 = b1, s20 = b0, s21 = b1, s30 = b0, s31 = b1;
        let c = panel;
        for (let p: usize = 0; p < bytes; p += 4, c += 32) {
          const c0 = v128.load(c);
          const c1 = v128.load(c, 16);
          let t = v128.load_splat<f32>(x0 + p);
          s00 = mulAdd(c0, t, s00);
          s01 = mulAdd(c1, t, s01);
          t = v128.load_splat<f32>(x1 + p);
          s10 = mulAdd(c0, t, s10);
          s11 = mulAdd(c1, t, s11);
          t = v128.load_splat<f32>(x2 + p);
          s20 = mulAdd(c0, t, s20);
          s21 = mulAdd(c1, t, s21);
          t = v128.load_splat<f32>(x3 + p);
          s30 = mulAdd(c0, t, s30);
          s31 = mulAdd(c1, t, s31);
        }
        const at = <usize>row << 5;
        keepBetter(best + at, index + at, s00, s01, i0, i1);
        keepBetter(best + at + 32, index + at + 32, s10, s11, i0, i1);
        keepBetter(best + at + 64, index + at + 64, s20, s21, i0, i1);
        keepBetter(best + at + 96, index + at + 96, s30, s31, i0, i1);
      }
    }
    for (let row = 0; row < rows; row++) {
      let score: f32 = -Infinity;
      let column = 0;
      for (let lane = 0; lane < 8; lane++) {
        const at = <usize>((row << 3) + lane) << 2;
        const other = load<f32>(best + at);
        const otherColumn = load<i32>(index + at);
        if (other > score || (other == score && otherColumn < column)) {
          score = other;
          column = otherColumn;
        }
      }
      store<i32>(outIndex + (<usize>(start + row) << 2), column);
      store<f32>(outScore + (<usize>(start + row) << 2), score);
    }
  }
}
