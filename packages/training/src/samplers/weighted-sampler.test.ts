import { describe, expect, it } from 'vitest';
import { weightedSampler } from './weighted-sampler.js';

describe('weightedSampler', () => {
  it('draws by the weights', () => {
    const weights = [0, 1, 3, 0, 6, 0];
    const sampler = weightedSampler({ weights, batchSize: 100, batchesPerEpoch: 100, seed: 2 });
    const counts = new Array<number>(6).fill(0);
    for (const batch of sampler.epoch(0)) for (const sample of batch) counts[sample]!++;
    counts.forEach((count, i) => {
      const chance = weights[i]! / 10;
      expect(Math.abs(count - 10_000 * chance)).toBeLessThanOrEqual(5 * Math.sqrt(10_000 * chance * (1 - chance)));
    });
  });

  it('is the same for the same seed and epoch', () => {
    const make = (seed: number) => weightedSampler({ weights: new Float32Array(50).fill(1), batchSize: 8, seed });
    const [first] = [[...make(1).epoch(3)]];
    expect(first!.map(({ length }) => length)).toEqual([8, 8, 8, 8, 8, 8, 8]);
    expect(make(1).batchesPerEpoch).toBe(7);
    expect([...make(1).epoch(3)]).toEqual(first);
    expect([...make(1).epoch(4)]).not.toEqual(first);
    expect([...make(2).epoch(3)]).not.toEqual(first);
  });

  it('names what came', () => {
    for (const weights of [[], [0, 0], [1, -1], [Number.NaN], [Number.POSITIVE_INFINITY]])
      expect(() => weightedSampler({ weights, batchSize: 1 })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    expect(() => weightedSampler({ weights: [1] } as never)).toThrow(/batchSize/);
  });
});
