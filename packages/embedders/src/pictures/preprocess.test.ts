import { createPicture } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { randomPicture } from '../../test/small-models.js';
import { centerOfMass } from './center-of-mass.js';
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

describe('grey input', () => {
  const gray = { ...plain, width: 2, height: 1, colorOrder: 'gray' } as const;

  it('mixes red, green and blue into one channel', () => {
    const picture = createPicture({
      data: Uint8Array.from([100, 50, 200, 255, 255, 255]),
      width: 2,
      height: 1,
      channels: 3,
    });
    const out = preprocess([picture], createPreprocessing(gray));
    expect(out).toHaveLength(2);
    expect(out[0]).toBeCloseTo(29.9 + 29.35 + 22.8, 4);
    expect(out[1]).toBeCloseTo(255, 4);
  });

  it('scales and pads with the mixture of mean, std and background', () => {
    const parts = {
      ...gray,
      height: 3,
      fit: 'pad',
      mean: [10, 20, 30],
      std: [2, 2, 2],
      background: [0, 100, 0],
    } as const;
    const out = preprocess([solid(2, 1, [40, 40, 40])], createPreprocessing(parts));
    const mean = 2.99 + 11.74 + 3.42;
    expect(out[0]).toBeCloseTo((58.7 - mean) / 2, 4);
    expect(out[2]).toBeCloseTo((40 - mean) / 2, 4);
    expect(out).toHaveLength(6);
  });
});

describe('centring by mass', () => {
  const onBlack = { ...plain, width: 5, height: 5, background: [0, 0, 0], center: 'mass' } as const;
  const dot = (at: readonly (readonly [number, number])[], side = 5) => {
    const data = new Uint8Array(side * side * 3);
    for (const [x, y] of at) data.fill(200, (y * side + x) * 3, (y * side + x) * 3 + 3);
    return createPicture({ data, width: side, height: side, channels: 3 });
  };

  it('brings what differs from the background into the middle', () => {
    for (const [x, y] of [
      [0, 0],
      [4, 1],
      [2, 2],
    ] as const) {
      const out = preprocess([dot([[x, y]])], createPreprocessing(onBlack));
      const expected = preprocess([dot([[2, 2]])], createPreprocessing({ ...onBlack, width: 5 }));
      expect([...out].map((value) => Math.round(value * 100))).toEqual([...expected].map((v) => Math.round(v * 100)));
      expect(out[12 * 3]).toBeCloseTo(200, 3);
    }
  });

  it('moves by parts of a pixel', () => {
    const out = preprocess(
      [
        dot([
          [0, 1],
          [1, 1],
        ]),
      ],
      createPreprocessing({ ...onBlack, colorOrder: 'gray' }),
    );
    // Two pixels side by side have their centre between them: the middle one is whole, its neighbours are halves.
    expect([...out.slice(10, 15)].map(Math.round)).toEqual([0, 100, 200, 100, 0]);
    expect([...out.slice(0, 10)].every((value) => Math.abs(value) < 1e-3)).toBe(true);
  });

  it('gives the same whatever the place, the scale of values and the order of colours', () => {
    const ink: [number, number][] = [
      [1, 1],
      [2, 1],
      [1, 2],
    ];
    const moved = ink.map(([x, y]) => [x + 2, y + 1] as const);
    const base = { ...onBlack, width: 9, height: 9, colorOrder: 'gray' } as const;
    const values = preprocess([dot(ink, 9)], createPreprocessing(base));
    const others = preprocess(
      [dot(moved, 9)],
      createPreprocessing({ ...base, mean: [30, 30, 30], std: [-50, -50, -50] }),
    );
    others.forEach((value, i) => {
      expect(value * -50 + 30).toBeCloseTo(values[i]!, 3);
    });
    const bgr = preprocess([dot(moved, 9)], createPreprocessing({ ...base, colorOrder: 'bgr' }));
    values.forEach((value, i) => {
      expect(bgr[i * 3]).toBeCloseTo(value, 3);
    });
  });

  it('measures against the background, whatever it is', () => {
    const red = { ...onBlack, background: [255, 0, 0] } as const;
    const data = Uint8Array.from({ length: 75 }, (_, i) => (i % 3 === 0 ? 255 : 0));
    data.set([0, 0, 0], 0);
    const out = preprocess([createPicture({ data, width: 5, height: 5, channels: 3 })], createPreprocessing(red));
    expect(out[12 * 3]).toBeCloseTo(0, 3);
    expect(out[0]).toBeCloseTo(255, 3);
  });

  it('leaves a picture of background alone, and keeps identities of old settings', () => {
    const empty = dot([]);
    expect([...preprocess([empty], createPreprocessing(onBlack))].every((value) => value === 0)).toBe(true);
    expect(createPreprocessing({ width: 2, height: 2 })).not.toHaveProperty('center');
    expect(() => createPreprocessing({ width: 2, height: 2, center: 'middle' as never })).toThrow(/centre 'mass'/);
  });
});

describe('centerOfMass', () => {
  it('weighs the difference of every channel', () => {
    // Pixels (0, 0) and (1, 1) of two channels; the second channel counts half.
    const samples = [4, 0, 0, 0, 0, 0, 0, 8];
    const grid = { width: 2, height: 2 };
    expect(centerOfMass(samples, grid, [{ background: 0 }, { background: 0, weight: 0.5 }])).toEqual({
      x: 0.5,
      y: 0.5,
    });
    expect(centerOfMass(samples, grid, [{ background: 0 }, { background: 0 }]).x).toBeCloseTo(2 / 3, 12);
    expect(centerOfMass([7, 7], { width: 2, height: 1 }, [{ background: 7 }])).toEqual({ x: 0.5, y: 0 });
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
    { filter: 'square' },
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

describe('shortSide', () => {
  it('scales the shorter side to it and cuts the middle out', () => {
    // Each pixel tells its column; 6 x 4 at its own size, the middle 2 x 2 are columns 2 and 3.
    const data = Uint8Array.from({ length: 6 * 4 * 3 }, (_, i) => Math.floor(i / 3) % 6);
    const picture = createPicture({ data, width: 6, height: 4, channels: 3 });
    const out = preprocess([picture], createPreprocessing({ ...plain, width: 2, height: 2, shortSide: 4 }));
    expect([...out]).toEqual([2, 2, 2, 3, 3, 3, 2, 2, 2, 3, 3, 3]);
  });

  it('is refused where it makes no sense', () => {
    for (const bad of [{ shortSide: 1 }, { shortSide: 2.5 }, { shortSide: 4, fit: 'squash' as const }])
      expect(() => createPreprocessing({ width: 2, height: 2, ...bad })).toThrow(/shortSide/);
  });
});
