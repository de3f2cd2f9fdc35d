import { beforeAll, describe, expect, it } from 'vitest';
import { lengthOf, noiseRows, sumOf, tensorOf, unitOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { type DistanceWeightedMinerOptions, distanceWeightedMiner } from './distance-weighted-miner.js';
import { logDistanceWeight } from './distance-weights.js';

beforeAll(() => startBackend('cpu'));

function mine(x: number[][], labels: number[], options: DistanceWeightedMinerOptions & { seed?: number } = {}) {
  const { seed = 0, ...own } = options;
  const embeddings = tensorOf(x);
  const mined = distanceWeightedMiner(own).mine(embeddings, labels, { seed });
  embeddings.dispose();
  if (mined.kind !== 'triplets') throw new Error('expected triplets');
  return mined;
}

describe('distanceWeightedMiner', () => {
  it('draws by the formula', () => {
    // One anchor with many positives, 12 negatives; chances by the formula, written out.
    const dim = 6;
    const anchor = unitOf(noiseRows(1, dim, 50)[0]!);
    const near = noiseRows(12, dim, 51).map((row, i) => row.map((x, c) => x * (0.1 + i * 0.1) + anchor[c]!));
    const rows = [...Array.from({ length: 41 }, () => anchor), ...near];
    const labels = [...new Array<number>(41).fill(0), ...near.map((_, i) => i + 1)];
    const weights = near.map((row) => {
      const d = Math.max(lengthOf(anchor, unitOf(row)), 0.5);
      return d >= 1.4 ? 0 : d ** (2 - dim) * (1 - d ** 2 / 4) ** (-(dim - 3) / 2);
    });
    const counts = new Array<number>(12).fill(0);
    let draws = 0;
    for (let seed = 0; seed < 10; seed++)
      for (const negative of mine(rows, labels, { seed }).negatives) {
        counts[negative - 41]!++;
        draws++;
      }
    expect(draws).toBe(10 * 41 * 40);
    const distances = near.map((row) => lengthOf(anchor, unitOf(row)));
    expect(Math.min(...distances)).toBeLessThan(0.5);
    counts.forEach((count, i) => {
      const chance = weights[i]! / sumOf(weights);
      const spread = Math.sqrt(draws * chance * (1 - chance));
      expect(Math.abs(count - draws * chance)).toBeLessThan(5 * spread + 1e-9);
    });
  });

  it('has one negative for each positive pair, the same for the same seed', () => {
    const rows = noiseRows(12, 8, 52);
    const labels = rows.map((_, i) => i % 4);
    const mined = mine(rows, labels, { seed: 1 });
    const pairs = labels.flatMap((label, a) =>
      labels.flatMap((other, p) => (a !== p && label === other ? [[a, p]] : [])),
    );
    expect(Array.from(mined.anchors, (a, i) => [a, mined.positives[i]])).toEqual(pairs);
    mined.negatives.forEach((n, i) => {
      expect(labels[n]).not.toBe(labels[mined.anchors[i]!]);
    });
    expect(mine(rows, labels, { seed: 1 })).toEqual(mined);
    expect(mine(rows, labels, { seed: 2 })).not.toEqual(mined);
  });

  it('drops and counts anchors whose negatives are all too far', () => {
    const rows = [
      [1, 0, 0],
      [1, 0.1, 0],
      [-1, 0, 0],
      [0, 1, 1],
    ];
    // Rows 0 and 1 are at 2 and at about 1.41 or less from the others.
    const mined = mine(rows, [0, 0, 1, 2], { farthest: 0.5 });
    expect({ count: mined.anchors.length, dropped: mined.dropped }).toEqual({ count: 0, dropped: 2 });
    expect(mine(rows.slice(0, 3), [0, 0, 1]).dropped).toBe(2);
    expect(mine(rows, [0, 1, 2, 3]).dropped).toBe(0);
  });

  it('is finite at the antipode, in two dimensions and in many', () => {
    for (const dim of [2, 3, 512]) {
      const settings = { dim, cutoff: 0.5, farthest: 3 };
      expect(logDistanceWeight(2, settings)).toSatisfy(Number.isFinite);
      expect(logDistanceWeight(0, settings)).toBe(logDistanceWeight(0.5, settings));
    }
    expect(logDistanceWeight(1.4, { dim: 8, cutoff: 0.5, farthest: 1.4 })).toBe(Number.NEGATIVE_INFINITY);
    const opposite = [
      [1, 0],
      [1, 0],
      [-1, 0],
    ];
    expect(mine(opposite, [0, 0, 1], { farthest: 3 }).negatives).toEqual(Int32Array.of(2, 2));
    const zero = [
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    expect(mine(zero, [0, 0, 1]).negatives).toEqual(Int32Array.of(2, 2));
  });
});
