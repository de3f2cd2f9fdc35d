import { describe, expect, it } from 'vitest';
import { createEmbeddingBag } from './embedding-bag.js';

const samples = [Int32Array.of(0, 2, 2), Int32Array.of(1), new Int32Array(0)];

describe('createEmbeddingBag', () => {
  it('sums rows over the root of their number', () => {
    const bag = createEmbeddingBag({ rows: 4, width: 2, seed: 1 });
    const row = (r: number) => [bag.values[2 * r]!, bag.values[2 * r + 1]!];
    const sums = bag.sum(samples);
    for (let i = 0; i < 2; i++) {
      expect(sums[i]).toBeCloseTo((row(0)[i]! + 2 * row(2)[i]!) / Math.sqrt(3), 6);
      expect(sums[2 + i]).toBeCloseTo(row(1)[i]!, 6);
      expect(sums[4 + i]).toBe(0);
    }
  });

  it('moves rows by row-wise Adagrad on the gradient of the sums', () => {
    const bag = createEmbeddingBag({ rows: 4, width: 2, seed: 1 });
    const before = bag.values.slice();
    const gradient = Float32Array.of(1, 2, 3, -4, 5, 6);
    // The loss is `gradient . sums`, so a row's gradient is how often it is summed, over the root, times the gradient.
    const expected = (times: number) => {
      const own = times === 2 ? [2 / Math.sqrt(3), 4 / Math.sqrt(3)] : [1 / Math.sqrt(3), 2 / Math.sqrt(3)];
      const mean = (own[0]! ** 2 + own[1]! ** 2) / 2;
      return own.map((value) => (0.1 * value) / Math.sqrt(mean));
    };
    bag.update(samples, gradient, 0.1);
    for (let i = 0; i < 2; i++) {
      expect(before[i]! - bag.values[i]!).toBeCloseTo(expected(1)[i]!, 5);
      expect(before[4 + i]! - bag.values[4 + i]!).toBeCloseTo(expected(2)[i]!, 5);
      expect(bag.values[6 + i]).toBe(before[6 + i]);
    }
    // The second step is divided by the root of both steps' squares.
    const middle = bag.values.slice();
    bag.update(samples, gradient, 0.1);
    for (let i = 0; i < 2; i++) expect(middle[i]! - bag.values[i]!).toBeCloseTo(expected(1)[i]! / Math.SQRT2, 5);
  });

  it('goes on from a saved state as if nothing had been', () => {
    const gradient = Float32Array.of(1, 2, 3, -4, 5, 6);
    const [a, b] = [
      createEmbeddingBag({ rows: 4, width: 2, seed: 1 }),
      createEmbeddingBag({ rows: 4, width: 2, seed: 2 }),
    ];
    a.update(samples, gradient, 0.1);
    b.restore(a.save());
    a.update(samples, gradient, 0.1);
    b.update(samples, gradient, 0.1);
    expect(b.values).toEqual(a.values);
    expect(() => createEmbeddingBag({ rows: 5, width: 2, seed: 1 }).restore(a.save())).toThrowError(
      expect.objectContaining({ code: 'BAD_FORMAT' }),
    );
  });

  it('refuses a table without rows', () => {
    expect(() => createEmbeddingBag({ rows: 0, width: 2, seed: 1 })).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
