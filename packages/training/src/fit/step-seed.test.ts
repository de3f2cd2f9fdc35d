import { describe, expect, it } from 'vitest';
import { stepSeed } from './step-seed.js';

describe('stepSeed', () => {
  it('gives every use of every step a seed of its own', () => {
    const seeds = [0, 1, 2].flatMap((seed) =>
      Array.from({ length: 200 }, (_, step) =>
        (['batch', 'forward', 'loss'] as const).map((use) => stepSeed(seed, step, use)),
      ).flat(),
    );
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(seeds.every(Number.isSafeInteger)).toBe(true);
  });
});
