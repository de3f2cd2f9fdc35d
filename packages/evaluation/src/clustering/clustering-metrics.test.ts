import { createRng } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { clusteringMetrics } from './clustering-metrics.js';
import { contingency } from './contingency.js';
import { expectedMutualInformation } from './expected-mutual-information.js';

describe('clusteringMetrics', () => {
  it('gives the figures of the worked example of three clusters for two classes', () => {
    const { nmi, ami, ari, purity } = clusteringMetrics({ labels: [0, 0, 0, 1, 1, 1], clusters: [0, 0, 1, 1, 2, 2] });
    // H = ln 2 and ln 3; I = ln 2 - (2/6) ln 2, for only the middle cluster is mixed.
    const information = (2 / 3) * Math.log(2);
    expect(nmi).toBeCloseTo(information / ((Math.log(2) + Math.log(3)) / 2), 14);
    // 2 pairs together in both, 6 and 3 on either side, of 15.
    expect(ari).toBeCloseTo((2 - 18 / 15) / (4.5 - 18 / 15), 14);
    expect(ami).toBeCloseTo(0.2987924581708903, 12);
    expect(purity).toBeCloseTo(5 / 6, 15);
  });

  it('has the mean mutual information of all orders as expectation', () => {
    const a = ['x', 'x', 'x', 'y', 'y', 'z'];
    const b = [0, 0, 1, 1, 2, 2];
    let sum = 0;
    const orders = permutations([0, 1, 2, 3, 4, 5]);
    for (const order of orders) {
      const { n, rows, columns, cells } = contingency(
        a,
        order.map((i) => b[i]!),
      );
      for (const { row, column, count } of cells)
        sum += ((count / n) * Math.log((n * count) / (rows[row]! * columns[column]!))) / orders.length;
    }
    expect(expectedMutualInformation(contingency(a, b))).toBeCloseTo(sum, 13);
  });

  it('does not depend on names or order, and is symmetric but for purity', () => {
    const rng = createRng(1);
    const labels = Array.from({ length: 400 }, () => rng.integer(5));
    const clusters = labels.map((label) => (rng.uniform() < 0.6 ? label : rng.integer(7)));
    const base = clusteringMetrics({ labels, clusters });
    const order = rng.shuffle(labels.map((_, i) => i));
    const renamed = clusteringMetrics({
      labels: order.map((i) => `class ${labels[i]}`),
      clusters: order.map((i) => -clusters[i]!),
    });
    const swapped = clusteringMetrics({ labels: clusters, clusters: labels });
    for (const key of ['nmi', 'ami', 'ari'] as const) {
      expect(renamed[key]).toBeCloseTo(base[key]!, 12);
      expect(swapped[key]).toBeCloseTo(base[key]!, 12);
    }
    expect(renamed.purity).toBe(base.purity);
  });

  it('is about 0 above chance for random clusters', () => {
    const rng = createRng(2);
    const labels = Array.from({ length: 2000 }, () => rng.integer(10));
    const { ami, ari, nmi } = clusteringMetrics({ labels, clusters: labels.map(() => rng.integer(20)) });
    expect(Math.abs(ami!)).toBeLessThan(0.01);
    expect(Math.abs(ari!)).toBeLessThan(0.01);
    expect(nmi).toBeGreaterThan(0.01);
  });

  it('settles what the formulas leave open', () => {
    const all = (labels: number[], clusters: number[]) => {
      const { nmi, ami, ari, purity } = clusteringMetrics({ labels, clusters });
      return [nmi, ami, ari, purity];
    };
    expect(all([0, 0, 1, 1], [5, 5, 3, 3])).toEqual([1, 1, 1, 1]);
    expect(all([0, 0, 0], [1, 1, 1])).toEqual([1, 1, 1, 1]);
    expect(all([0, 1, 2], [2, 1, 0])).toEqual([1, 1, 1, 1]);
    expect(all([7], [1])).toEqual([1, 1, 1, 1]);
    expect(all([0, 0, 0, 0], [0, 1, 2, 3])).toEqual([0, 0, 0, 1]);
    expect(all([0, 1, 2, 3], [0, 0, 0, 0])).toEqual([0, 0, 0, 0.25]);
    expect(all([], [])).toEqual([null, null, null, null]);
    const [nmi, ami, ari] = all([0, 0, 1, 1], [0, 1, 2, 3]);
    expect(nmi).toBeCloseTo(Math.log(2) / ((Math.log(2) + Math.log(4)) / 2), 14);
    expect([ami, ari]).toEqual([0, 0]);
    expect(() => clusteringMetrics({ labels: [1], clusters: [] })).toThrow('same length');
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
