import { createPicture } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { randomPicture } from '../test/small-models.js';
import { preprocess } from './preprocess.js';
import { createPreprocessing } from './preprocessing.js';

const plain = { mean: [0, 0, 0], std: [1, 1, 1] } as const;
const solid = (width: number, height: number, color: readonly number[]) =>
  createPicture({
    data: Uint8Array.from({ length: width * height * color.length }, (_, i) => color[i % color.length]!),
    width,
    height,
    channels: color.length as 3 | 4,
  });

describe('preprocess', () => {
  it('scales to (x - mean) / std in the order of colours asked for', () => {
    const parts = { width: 1, height: 1, mean: [10, 20, 30], std: [2, 4, 5] } as const;
    const picture = solid(1, 1, [30, 60, 80]);
    expect([...preprocess([picture], createPreprocessing(parts))]).toEqual([10, 10, 10]);
    const bgr = createPreprocessing({ ...parts, std: [1, 2, 5], colorOrder: 'bgr' });
    expect([...preprocess([picture], bgr)]).toEqual([10, 20, 20]);
  });

  it('lays one picture after another, rows first', () => {
    const a = randomPicture(1, 3, 2);
    const b = randomPicture(2, 3, 2);
    const out = preprocess([a, b], createPreprocessing({ ...plain, width: 3, height: 2 }));
    for (const [i, value] of [...a.data, ...b.data].entries()) expect(out[i]).toBeCloseTo(value, 3);
  });

  it('composites transparent pixels over the background', () => {
    const picture = createPicture({
      data: Uint8Array.from([200, 100, 0, 0, 200, 100, 0, 255, 200, 100, 0, 51]),
      width: 3,
      height: 1,
      channels: 4,
    });
    const out = preprocess([picture], createPreprocessing({ ...plain, width: 3, height: 1, background: [0, 50, 255] }));
    expect([...out].map(Math.round)).toEqual([0, 50, 255, 200, 100, 0, 40, 60, 204]);
  });

  it('crops the centre, squashes the whole, or pads with the background', () => {
    // Left third red, middle green, right blue.
    const data = Uint8Array.from({ length: 90 * 30 * 3 }, (_, i) =>
      Math.floor((Math.floor(i / 3) % 90) / 30) === i % 3 ? 255 : 0,
    );
    const picture = createPicture({ data, width: 90, height: 30, channels: 3 });
    const mean = (fit: 'crop' | 'squash' | 'pad') => {
      const out = preprocess(
        [picture],
        createPreprocessing({ ...plain, width: 30, height: 30, fit, background: [100, 100, 100] }),
      );
      const sums = [0, 0, 0];
      out.forEach((value, i) => {
        sums[i % 3]! += value / 900;
      });
      return sums;
    };
    expect(mean('crop')[1]).toBeGreaterThan(250);
    expect(mean('crop')[0]).toBeLessThan(5);
    for (const value of mean('squash')) expect(value).toBeCloseTo(85, -0.5);
    // A third is picture, two thirds are bars.
    for (const value of mean('pad')) expect(value).toBeCloseTo(85 / 3 + 200 / 3, -0.5);
  });

  it('puts the bars above and below a wide picture, beside a tall one', () => {
    const out = preprocess(
      [solid(4, 2, [9, 9, 9])],
      createPreprocessing({ ...plain, width: 4, height: 4, fit: 'pad', background: [1, 2, 3] }),
    );
    expect([...out.slice(0, 3)]).toEqual([1, 2, 3]);
    expect(out[4 * 3]).toBeCloseTo(9, 4);
    expect([...out.slice(-3)]).toEqual([1, 2, 3]);
    const tall = preprocess(
      [solid(2, 4, [9, 9, 9])],
      createPreprocessing({ ...plain, width: 4, height: 4, fit: 'pad', colorOrder: 'bgr', background: [1, 2, 3] }),
    );
    expect([...tall.slice(0, 3)]).toEqual([3, 2, 1]);
    expect(tall[3]).toBeCloseTo(9, 4);
  });

  it('handles the smallest picture', () => {
    for (const fit of ['crop', 'squash', 'pad'] as const) {
      const out = preprocess([solid(1, 1, [5, 6, 7])], createPreprocessing({ ...plain, width: 3, height: 3, fit }));
      expect([...out.slice(12, 15)].map(Math.round)).toEqual([5, 6, 7]);
    }
  });
});

describe('createPreprocessing', () => {
  it('fills in and freezes', () => {
    const made = createPreprocessing({ width: 4, height: 5 });
    expect(made).toMatchObject({
      fit: 'crop',
      filter: 'lanczos3',
      colorOrder: 'rgb',
      mean: [127.5, 127.5, 127.5],
      background: [255, 255, 255],
    });
    expect(Object.isFrozen(made)).toBe(true);
  });

  it.each([
    { width: 0 },
    { height: 2.5 },
    { width: 1e9 },
    { fit: 'stretch' },
    { filter: 'cubic' },
    { colorOrder: 'gbr' },
    { std: [1, 0, 1] },
    { mean: [1, 2] },
    { mean: [1, 2, Number.NaN] },
    { background: 'white' },
  ])('refuses %j', (bad) => {
    expect(() => createPreprocessing({ width: 4, height: 4, ...(bad as object) })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
