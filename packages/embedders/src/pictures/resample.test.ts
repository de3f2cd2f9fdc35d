import { describe, expect, it } from 'vitest';
import { randomPicture, wavyPicture } from '../../test/small-models.js';
import { type ResampleTarget, resample } from './resample.js';

/** The definition, without tables, passes or blocks: every output sample is a weighted mean of the whole picture. */
function reference(
  source: { data: ArrayLike<number>; width: number; height: number },
  target: ResampleTarget,
): number[] {
  const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  // Keys's cubic in the form with a = -1/2 put in, independent of the code under test.
  const keys = (x: number) => {
    const [a, t] = [-0.5, Math.abs(x)];
    if (t < 1) return (a + 2) * t ** 3 - (a + 3) * t ** 2 + 1;
    return t < 2 ? a * t ** 3 - 5 * a * t ** 2 + 8 * a * t - 4 * a : 0;
  };
  const kernel = (x: number) => {
    if (target.filter === 'cubic') return keys(x);
    return target.filter === 'triangle' ? Math.max(0, 1 - Math.abs(x)) : Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
  };
  const line = (size: number, scaled: number, at: number) => {
    const scale = size / scaled;
    const weights = Array.from({ length: size }, (_, i) => kernel((i + 0.5 - (at + 0.5) * scale) / Math.max(1, scale)));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / sum);
  };
  const out: number[] = [];
  for (let y = 0; y < target.height; y++)
    for (let x = 0; x < target.width; x++) {
      const rows = line(source.height, target.scaledHeight, target.top + y);
      const columns = line(source.width, target.scaledWidth, target.left + x);
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        rows.forEach((wy, row) => {
          if (wy !== 0)
            columns.forEach((wx, column) => {
              sum += wy * wx * source.data[(row * source.width + column) * 3 + c]!;
            });
        });
        out.push(Math.min(255, Math.max(0, sum)));
      }
    }
  return out;
}

const whole = (width: number, height: number, filter: 'lanczos3' | 'triangle' | 'cubic') => ({
  scaledWidth: width,
  scaledHeight: height,
  left: 0,
  top: 0,
  width,
  height,
  filter,
});

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
};

describe('resample', () => {
  it.each(['lanczos3', 'triangle', 'cubic'] as const)('is the weighted mean of its definition (%s)', (filter) => {
    for (const [width, height] of [
      [11, 7],
      [5, 30],
      [33, 9],
      [1, 1],
      [2, 17],
    ] as const) {
      const picture = randomPicture(width, width, height);
      const target = whole(9, 10, filter);
      expect(largestDifference(resample(picture, target), reference(picture, target))).toBeLessThan(1e-3);
    }
  });

  it('gives any part of the scaled picture', () => {
    const picture = randomPicture(4, 20, 14);
    const target = { ...whole(6, 5, 'lanczos3'), scaledWidth: 12, scaledHeight: 9, left: 3, top: 2 };
    expect(largestDifference(resample(picture, target), reference(picture, target))).toBeLessThan(1e-3);
  });

  it('changes nothing at the same size', () => {
    const picture = randomPicture(5, 13, 8);
    for (const filter of ['lanczos3', 'triangle'] as const)
      expect(largestDifference(resample(picture, whole(13, 8, filter)), picture.data)).toBeLessThan(1e-4);
  });

  it('keeps an even colour even, whatever the sizes', () => {
    for (const [width, height] of [
      [1, 1],
      [3, 500],
      [700, 2],
      [97, 101],
    ] as const) {
      const picture = { data: new Uint8Array(width * height * 3).fill(77), width, height };
      const out = resample(picture, whole(10, 12, 'lanczos3'));
      expect(largestDifference(out, new Array(out.length).fill(77))).toBeLessThan(1e-4);
    }
  });

  it('is close to its definition where blocks are averaged first', () => {
    // 203 to 20 is a factor of 10: blocks of 5 x 4 stand in for the filter's first samples.
    const picture = wavyPicture(203, 187);
    const target = whole(20, 20, 'lanczos3');
    const out = resample(picture, target);
    const expected = reference(picture, target);
    expect(largestDifference(out, expected)).toBeLessThan(3);
    expect(expected.reduce((sum, value, i) => sum + Math.abs(value - out[i]!), 0) / out.length).toBeLessThan(0.5);
  });

  it('never leaves 0 to 255 at a hard edge', () => {
    const data = Uint8Array.from({ length: 40 * 40 * 3 }, (_, i) => (Math.floor(i / 3) % 40 < 20 ? 0 : 255));
    const out = resample({ data, width: 40, height: 40 }, whole(61, 61, 'lanczos3'));
    expect(Math.min(...out)).toBe(0);
    expect(Math.max(...out)).toBe(255);
  });

  it('needs no more memory for pictures of extreme shape', () => {
    for (const [width, height] of [
      [1, 2_000_000],
      [2_000_000, 1],
    ] as const) {
      const data = new Uint8Array(width * height * 3).fill(9);
      const crop = Math.max(224 / width, 224 / height);
      const [scaledWidth, scaledHeight] = [Math.round(width * crop), Math.round(height * crop)];
      const part = { left: Math.floor((scaledWidth - 224) / 2), top: Math.floor((scaledHeight - 224) / 2) };
      const cut = resample(
        { data, width, height },
        { ...whole(224, 224, 'lanczos3'), scaledWidth, scaledHeight, ...part },
      );
      expect(cut[0]).toBeCloseTo(9, 4);
      expect(resample({ data, width, height }, whole(224, 224, 'lanczos3'))[5]).toBeCloseTo(9, 4);
    }
  });
});
