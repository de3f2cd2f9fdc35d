import { createRng } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { warpPicture } from './affine-warp.js';
import { createAugmentation } from './augmentation.js';
import type { AugmentationOptions } from './augmentation-options.js';

const random = (seed: number, length: number) => {
  const rng = createRng(seed);
  return Uint8Array.from({ length }, () => rng.integer(256));
};
const batch = (channels = 1, count = 1, side = 7) => ({
  data: random(5, count * side * side * channels),
  count,
  height: side,
  width: side,
  channels,
});
const apply = (options: AugmentationOptions, given = batch(), seed = 1) =>
  createAugmentation(options).apply(given, { rng: createRng(seed) });
/** Many draws of one picture. */
const draws = (options: AugmentationOptions, given = batch(), count = 200) =>
  Array.from({ length: count }, (_, seed) => apply(options, given, seed));

describe('warpPicture', () => {
  const warp = (
    data: Uint8Array,
    map: Partial<Record<'a' | 'b' | 'c' | 'd' | 'x' | 'y', number>>,
    shape = { width: 3, height: 3, channels: 1 },
  ) => {
    const out = new Float32Array(data.length);
    const whole = { a: 1, b: 0, c: 0, d: 1, x: (shape.width - 1) / 2, y: (shape.height - 1) / 2, ...map };
    warpPicture({ data, ...shape }, whole, { from: 0, background: [9, 8, 7], out, to: 0 });
    return [...out];
  };
  const numbers = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 10]);

  it('moves whole pixels without loss and fills with background', () => {
    expect(warp(numbers, {})).toEqual([...numbers]);
    expect(warp(numbers, { x: 2 })).toEqual([2, 3, 9, 5, 6, 9, 8, 10, 9]);
    expect(warp(numbers, { y: 0 })).toEqual([9, 9, 9, 1, 2, 3, 4, 5, 6]);
  });

  it('turns and mirrors', () => {
    // Read along the column: a quarter turn.
    expect(warp(numbers, { a: 0, b: 1, c: -1, d: 0 })).toEqual([7, 4, 1, 8, 5, 2, 10, 6, 3]);
    expect(warp(numbers, { a: -1 })).toEqual([3, 2, 1, 6, 5, 4, 10, 8, 7]);
  });

  it('mixes the four pixels around', () => {
    const middle = warp(numbers, { x: 1.25, y: 0.5 })[4];
    expect(middle).toBeCloseTo(0.5 * (0.75 * 2 + 0.25 * 3) + 0.5 * (0.75 * 5 + 0.25 * 6), 6);
    // Half of what stands beyond the edge is background.
    expect(warp(numbers, { x: 1.5 })[2]).toBeCloseTo((3 + 9) / 2, 6);
  });

  it('keeps channels apart', () => {
    const data = Uint8Array.from([1, 10, 100, 2, 20, 200]);
    expect(warp(data, { x: 1.5 }, { width: 2, height: 1, channels: 3 })).toEqual([2, 20, 200, 9, 8, 7]);
  });
});

describe('createAugmentation', () => {
  it('does nothing by default, and does not touch what it is given', () => {
    const given = batch(3, 4);
    const before = given.data.slice();
    expect([...apply({}, given)]).toEqual([...given.data]);
    apply({ rotate: 40, brightness: 0.5, cutout: { area: [0.2, 0.5] } }, given);
    expect(given.data).toEqual(before);
  });

  it('draws the same for the same seed, another for another, and each picture by itself', () => {
    const options: AugmentationOptions = {
      crop: { area: [0.5, 1] },
      flip: 'both',
      rotate: 20,
      scale: { x: 1.3, y: 1.3 },
      shear: 0.2,
      shift: 2,
      brightness: 0.4,
      contrast: 0.4,
      saturation: 0.4,
      hue: 30,
      gray: 0.2,
      cutout: { area: [0.05, 0.2] },
    };
    const one = random(5, 7 * 7 * 3);
    const twice = { ...batch(3, 2), data: Uint8Array.from([...one, ...one]) };
    const first = apply(options, twice, 3);
    expect(apply(options, twice, 3)).toEqual(first);
    expect(apply(options, twice, 4)).not.toEqual(first);
    expect(first.slice(0, 147)).not.toEqual(first.slice(147));
    for (const values of draws(options, twice, 50))
      expect(values.every((value) => value >= 0 && value <= 255)).toBe(true);
    expect([...first.slice(0, 6)].map((value) => Math.round(value))).toMatchInlineSnapshot(`
      [
        23,
        23,
        23,
        45,
        45,
        45,
      ]
    `);
  });

  it('mirrors about half of the pictures', () => {
    const given = batch();
    const mirrored = Float32Array.from(given.data, (_, i) => given.data[i - (i % 7) + 6 - (i % 7)]!);
    const kinds = draws({ flip: 'horizontal' }, given).map((out) => {
      if (String(out) === String(Float32Array.from(given.data))) return 'same';
      return String(out) === String(mirrored) ? 'mirrored' : 'else';
    });
    expect(new Set(kinds)).toEqual(new Set(['same', 'mirrored']));
    const share = kinds.filter((kind) => kind === 'mirrored').length / kinds.length;
    // Four standard deviations of 200 throws.
    expect(Math.abs(share - 0.5)).toBeLessThan(0.15);
    expect(new Set(draws({ flip: 'both' }, given).map(String)).size).toBe(4);
  });

  it('brings the focus to the middle', () => {
    const data = new Uint8Array(49);
    data[1 * 7 + 5] = 200;
    const given = { ...batch(), data };
    const out = createAugmentation({}).apply(given, { rng: createRng(0), focus: [5, 1] });
    expect(out[24]).toBe(200);
    const turned = createAugmentation({ rotate: 180, scale: 2 }).apply(given, { rng: createRng(0), focus: [5, 1] });
    expect(turned[24]).toBe(200);
  });

  it('moves no farther than it may', () => {
    const data = new Uint8Array(49);
    data[24] = 255;
    const places = draws({ shift: 2 }, { ...batch(), data }).map((out) => {
      const at = (axis: 0 | 1) =>
        out.reduce((sum, value, i) => sum + value * (axis === 0 ? i % 7 : Math.floor(i / 7)), 0) /
        out.reduce((sum, value) => sum + value, 0);
      return [at(0) - 3, at(1) - 3];
    });
    for (const place of places) for (const by of place) expect(Math.abs(by)).toBeLessThanOrEqual(2.001);
    expect(Math.max(...places.map(([x]) => x!))).toBeGreaterThan(1.5);
    expect(Math.min(...places.map(([, y]) => y!))).toBeLessThan(-1.5);
  });

  it('scales about the middle: a square of four times the area at most, a quarter at least', () => {
    const side = 41;
    const data = Uint8Array.from({ length: side * side }, (_, i) =>
      Math.abs((i % side) - 20) <= 5 && Math.abs(Math.floor(i / side) - 20) <= 5 ? 1 : 0,
    );
    const given = { ...batch(), data, width: side, height: side };
    const areas = draws({ scale: 2 }, given, 100).map((out) => out.reduce((sum, value) => sum + value, 0) / 121);
    expect(Math.min(...areas)).toBeGreaterThan(0.2);
    expect(Math.max(...areas)).toBeLessThan(4.2);
    // On a logarithmic scale as many grow as shrink.
    const growing = areas.filter((area) => area > 1).length;
    expect(Math.abs(growing - 50)).toBeLessThan(20);
    const stretched = draws({ scale: { x: 2, y: 1 } }, given, 50).map((out) => {
      const column = Array.from({ length: side }, (_, y) => out[y * side + 20]!);
      return column.reduce((sum, value) => sum + value, 0);
    });
    for (const height of stretched) expect(height).toBeCloseTo(11, 4);
  });

  it('crops a part that lies inside', () => {
    const side = 20;
    // The sample is the column: what is left tells where the crop began and ended.
    const data = Uint8Array.from({ length: side * side }, (_, i) => 10 + (i % side));
    const given = { ...batch(), data, width: side, height: side };
    for (const out of draws({ crop: { area: [0.25, 0.5], aspect: [1, 1] } }, given, 60)) {
      const [left, right] = [out[10 * side]!, out[10 * side + side - 1]!];
      expect(left).toBeGreaterThanOrEqual(9.9);
      expect(right).toBeLessThanOrEqual(29.1);
      const share = ((right - left) / 19) ** 2;
      expect(share).toBeGreaterThan(0.24);
      expect(share).toBeLessThan(0.52);
    }
  });

  it('changes brightness and contrast by factors', () => {
    const data = Uint8Array.from({ length: 49 }, (_, i) => 50 + i);
    const given = { ...batch(), data };
    for (const out of draws({ brightness: 0.5 }, given, 20)) {
      const factor = out[0]! / 50;
      expect(factor).toBeGreaterThanOrEqual(0.5);
      expect(factor).toBeLessThanOrEqual(1.5);
      out.forEach((value, i) => {
        expect(value).toBeCloseTo((50 + i) * factor, 3);
      });
    }
    for (const out of draws({ contrast: 0.5 }, given, 20)) {
      const mean = out.reduce((sum, value) => sum + value, 0) / 49;
      expect(mean).toBeCloseTo(74, 3);
      expect((out[48]! - out[0]!) / 48).toBeGreaterThanOrEqual(0.499);
    }
  });

  it('changes colours and leaves lightness and grey alone', () => {
    const lightness = (out: Float32Array, p: number) =>
      0.299 * out[3 * p]! + 0.587 * out[3 * p + 1]! + 0.114 * out[3 * p + 2]!;
    const data = new Uint8Array(49 * 3).fill(120);
    data.set([140, 100, 110], 0);
    const given = { ...batch(3), data };
    for (const options of [{ saturation: 0.5 }, { hue: 90 }, { gray: 0.5 }] as const) {
      const outs = draws(options, given, 30);
      for (const out of outs) {
        expect(lightness(out, 0)).toBeCloseTo(0.299 * 140 + 0.587 * 100 + 0.114 * 110, 2);
        for (let i = 3; i < 147; i++) expect(out[i]).toBeCloseTo(120, 2);
      }
      expect(new Set(outs.map((out) => Math.round(out[0]! * 10))).size).toBeGreaterThan(1);
      // Nothing of it concerns pictures of one channel.
      expect([...apply(options)]).toEqual([...batch().data]);
    }
    const grays = draws({ gray: 0.5 }, given).filter((out) => Math.abs(out[0]! - out[1]!) < 1e-3).length;
    expect(Math.abs(grays / 200 - 0.5)).toBeLessThan(0.15);
    // A third of the circle brings red to green, as far as lightness lets it.
    const red = { ...given, data: new Uint8Array(49 * 3).map((_, i) => (i % 3 === 0 ? 90 : 60)) };
    const turned = draws({ hue: 180 }, red, 100).filter((out) => out[1]! > out[0]! && out[1]! > out[2]!);
    expect(turned.length).toBeGreaterThan(15);
  });

  it('paints over squares of the size asked for, about as often as asked', () => {
    const side = 20;
    const given = { ...batch(), data: new Uint8Array(side * side).fill(7), width: side, height: side };
    const holes = draws({ cutout: { area: [0.04, 0.16], probability: 0.75 } }, given).map(
      (out) => out.filter((value) => value === 0).length,
    );
    expect(Math.max(...holes)).toBeLessThanOrEqual(81);
    const hit = holes.filter((count) => count > 0).length / 200;
    expect(Math.abs(hit - 0.75)).toBeLessThan(0.13);
  });

  it.each([
    { rotation: 5 },
    { rotate: -1 },
    { scale: 0.5 },
    { scale: { x: 1.2 } },
    { shift: Number.NaN },
    { flip: true },
    { crop: { area: [0, 1] } },
    { crop: { area: [0.8, 0.5] } },
    { crop: { area: [0.5, 1], aspect: [0, 1] } },
    { brightness: 2 },
    { cutout: { area: 0.2 } },
    { cutout: { area: [0, 0.2], probability: 7 } },
  ])('refuses %j', (options) => {
    expect(() => createAugmentation(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
