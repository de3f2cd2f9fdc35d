import { describe, expect, it } from 'vitest';
import { createRng } from './rng.js';

describe('createRng', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRng(seed).uint32);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(2 ** 40)).not.toEqual(draw(0));
  });

  it('gives the same numbers on every host', () => {
    const rng = createRng(1);
    expect([rng.uint32(), rng.uint32(), rng.uint32()]).toMatchInlineSnapshot(`
      [
        2420951833,
        2513034076,
        3847892949,
      ]
    `);
  });

  it('is uniform: mean 1/2, variance 1/12, each of ten cells near a tenth', () => {
    const rng = createRng(3);
    const n = 200_000;
    const cells = new Array<number>(10).fill(0);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const value = rng.uniform();
      sum += value;
      squares += value * value;
      cells[Math.floor(value * 10)]!++;
    }
    expect(sum / n).toBeCloseTo(0.5, 2);
    expect(squares / n - (sum / n) ** 2).toBeCloseTo(1 / 12, 2);
    for (const count of cells) expect(Math.abs(count - n / 10)).toBeLessThan(5 * Math.sqrt(n * 0.1 * 0.9));
  });

  it('draws normal deviates with mean 0 and variance 1', () => {
    const rng = createRng(5);
    const values = Array.from({ length: 100_000 }, rng.normal);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.016);
    expect(Math.abs(variance - 1)).toBeLessThan(0.025);
    expect(values.filter((v) => Math.abs(v) < 1).length / values.length).toBeCloseTo(0.6827, 2);
  });

  it('bounds integers without bias and refuses impossible bounds', () => {
    const rng = createRng(9);
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[rng.integer(3)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(30_000 * (2 / 9)));
    for (const bound of [0, -1, 1.5, Number.NaN, 2 ** 33]) expect(() => rng.integer(bound)).toThrow('bound');
  });

  it('shuffles into a permutation and samples without repeats', () => {
    const rng = createRng(11);
    const list = rng.shuffle(Array.from({ length: 50 }, (_, i) => i));
    expect([...list].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(list).not.toEqual([...list].sort((a, b) => a - b));
    const drawn = rng.sample(10, 10);
    expect([...drawn].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(rng.sample(1_000_000, 100)).size).toBe(100);
    expect(rng.sample(3, 0)).toEqual([]);
    expect(() => rng.sample(3, 4)).toThrow('0 to 3');
  });

  it('refuses seeds that are not integers', () => {
    for (const seed of [1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => createRng(seed)).toThrow('integer seed');
  });
});
