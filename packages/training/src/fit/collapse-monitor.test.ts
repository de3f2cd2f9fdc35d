import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@nearkin/core';
import { setBackend, tidy } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { blobs, linearModel, pairLoss, shuffledSampler } from '../../test/tiny-training.js';
import { adamW } from '../optimizers/adam-w.js';
import { type CollapseReport, collapseMonitor, type MonitoredBatch } from './collapse-monitor.js';
import { embeddingStatistics } from './embedding-statistics.js';
import { fit } from './fit.js';

const rng = createRng(4);

/** Rows around class centres; `directions` numbers of each row are not 0. */
function rowsOf(options: {
  classes: number;
  each: number;
  dim: number;
  directions: number;
  noise: number;
  shift?: number;
}) {
  const { classes, each, dim, directions, noise, shift = 0 } = options;
  const centres = Array.from({ length: classes }, () => Array.from({ length: directions }, () => rng.normal()));
  const labels = Array.from({ length: classes * each }, (_, i) => Math.floor(i / each));
  const embeddings = Float32Array.from(
    labels.flatMap((label) =>
      Array.from({ length: dim }, (_, k) =>
        k < directions ? centres[label]![k]! + noise * rng.normal() + (k === 0 ? shift : 0) : 0,
      ),
    ),
  );
  return { embeddings, labels, dim };
}

const look = (batch: Omit<MonitoredBatch, 'step' | 'loss'> & { loss?: number }): CollapseReport =>
  collapseMonitor({ every: 1 }).observe({ step: 1, loss: 1, ...batch })!;

describe('embeddingStatistics', () => {
  it('counts pairs and triplets as plain loops do', () => {
    const { embeddings, labels, dim } = rowsOf({ classes: 5, each: 4, dim: 6, directions: 6, noise: 1 });
    const unit = (i: number) => {
      const row = [...embeddings.subarray(i * dim, (i + 1) * dim)];
      const length = Math.hypot(...row);
      return row.map((value) => value / length);
    };
    const s = (i: number, j: number) => unit(i).reduce((sum, value, k) => sum + value * unit(j)[k]!, 0);
    const d = (i: number, j: number) => Math.hypot(...unit(i).map((value, k) => value - unit(j)[k]!));
    const margin = 0.3;
    const sums = { positive: [] as number[], negative: [] as number[], hard: 0, active: 0, triplets: 0 };
    for (let a = 0; a < labels.length; a++)
      for (let p = 0; p < labels.length; p++) {
        if (a === p) continue;
        (labels[a] === labels[p] ? sums.positive : sums.negative).push(s(a, p));
        if (labels[a] !== labels[p]) continue;
        for (let n = 0; n < labels.length; n++) {
          if (labels[n] === labels[a]) continue;
          sums.triplets++;
          if (d(a, n) <= d(a, p)) sums.hard++;
          if (d(a, n) < d(a, p) + margin) sums.active++;
        }
      }
    const mean = (list: number[]) => list.reduce((x, y) => x + y, 0) / list.length;
    const found = embeddingStatistics(embeddings, { dim, labels, margin });
    expect(found.positiveSimilarity).toBeCloseTo(mean(sums.positive), 6);
    expect(found.negativeSimilarity).toBeCloseTo(mean(sums.negative), 6);
    expect(found.hardShare).toBeCloseTo(sums.hard / sums.triplets, 12);
    expect(found.activeShare).toBeCloseTo(sums.active / sums.triplets, 12);
    expect(found.classes).toBe(5);
  });

  it('finds as many directions as there are', () => {
    // Opposite unit vectors along each of n axes: n equal singular values.
    for (const n of [1, 2, 7]) {
      const rows = Array.from({ length: 2 * n }, (_, i) =>
        Array.from({ length: 8 }, (_, k) => (k === i >> 1 ? (i % 2 ? -1 : 1) : 0)),
      );
      const labels = rows.map((_, i) => i);
      const { effectiveRank, spread, rankLimit } = embeddingStatistics(Float32Array.from(rows.flat()), {
        dim: 8,
        labels,
        margin: 0.2,
      });
      expect(effectiveRank).toBeCloseTo(n, 6);
      expect(spread).toBeCloseTo(1, 12);
      expect(rankLimit).toBe(Math.min(8, 2 * n - 1));
    }
  });

  it('takes one row, equal rows, zero rows and hundreds of rows', () => {
    const one = embeddingStatistics(Float32Array.of(3, 4), { dim: 2, labels: [0], margin: 0.2 });
    expect(one).toMatchObject({
      positiveSimilarity: null,
      negativeSimilarity: null,
      activeShare: null,
      effectiveRank: 0,
    });
    expect(one.spread).toBeCloseTo(0, 12);
    const zeros = embeddingStatistics(new Float32Array(8), { dim: 2, labels: [0, 0, 1, 1], margin: 0.2 });
    expect(Object.values(zeros).every((value) => Number.isFinite(value))).toBe(true);
    expect(zeros.effectiveRank).toBe(0);
    const many = rowsOf({ classes: 100, each: 5, dim: 4, directions: 4, noise: 0.1 });
    expect(embeddingStatistics(many.embeddings, { ...many, margin: 0.2 }).classes).toBeGreaterThan(90);
  });
});

describe('collapseMonitor', () => {
  const wide = { classes: 16, each: 4, dim: 32, directions: 32 };

  it('calls classes that part healthy', () => {
    const report = look(rowsOf({ ...wide, noise: 0.3 }));
    expect(report).toMatchObject({ state: 'healthy', advice: [] });
    expect(report.words).toMatch(/^Healthy/);
  });

  it('finds a collapse to one point, and the loss at its margin', () => {
    const batch = rowsOf({ ...wide, noise: 0.3, shift: 500 });
    expect(look(batch)).toMatchObject({ state: 'collapsed' });
    const stuck = look({ ...batch, loss: 0.2002, collapsedValue: 0.2 });
    expect(stuck.words).toMatch(/one point.*stuck at 0\.200/);
    expect(stuck.advice.join()).toMatch(/semi-hard/);
    expect(look({ ...batch, loss: 0.5, collapsedValue: 0.2 }).words).not.toMatch(/stuck/);
    expect(look({ ...batch, embeddings: new Float32Array(batch.embeddings.length).fill(0.3) }).state).toBe('collapsed');
  });

  it('finds a collapse to a line', () => {
    const report = look(rowsOf({ ...wide, directions: 1, noise: 0.3 }));
    expect(report.state).toBe('flat');
    expect(report.words).toMatch(/16 classes could use 15/);
  });

  it('does not ask more directions of two classes than they need', () => {
    expect(look(rowsOf({ classes: 2, each: 16, dim: 32, directions: 2, noise: 0.05 })).state).toBe('healthy');
  });

  it('finds that classes do not part', () => {
    const batch = rowsOf({ ...wide, noise: 0.3 });
    const labels = createRng(1).shuffle([...batch.labels]);
    expect(look({ ...batch, labels })).toMatchObject({ state: 'mixed' });
  });

  it('finds that nothing is left to learn from', () => {
    const none = { anchors: new Int32Array(0), others: new Int32Array(0) };
    const batch = rowsOf({ ...wide, noise: 0.01 });
    const report = look({ ...batch, mined: { kind: 'pairs', positives: none, negatives: none, dropped: 0 } });
    expect(report).toMatchObject({ state: 'idle', minedCount: 0 });
    expect(look({ ...batch, loss: 0 })).toMatchObject({ state: 'idle' });
    const three = new Int32Array(3);
    const mined = { kind: 'triplets', anchors: three, positives: three, negatives: three, dropped: 0 } as const;
    expect(look({ ...batch, mined })).toMatchObject({ state: 'healthy', minedCount: 3 });
  });

  it('looks when it is the turn, at the mean of the last losses', () => {
    const monitor = collapseMonitor({ every: 3 });
    const batch = rowsOf({ ...wide, noise: 0.3 });
    const reports = [1, 2, 3, 4, 5, 6].map((step) => monitor.observe({ ...batch, step, loss: step }));
    expect(reports.map((report) => report?.loss)).toEqual([undefined, undefined, 2, undefined, undefined, 3.5]);
    expect(monitor.last).toBe(reports[5]);
    expect(() => collapseMonitor({ every: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('tells a run that pulls everything together from one that parts classes', async () => {
    await setBackend('cpu');
    const data = blobs();
    const run = async (loss: ReturnType<typeof pairLoss>) => {
      const model = linearModel();
      const options = { sampler: shuffledSampler(data, 16), steps: 150, optimizer: adamW({ learningRate: 0.05 }) };
      const { collapse } = await fit(model, data, { ...options, loss });
      model.dispose();
      return collapse!;
    };
    const pullOnly: ReturnType<typeof pairLoss> = {
      ...pairLoss(),
      compute: (rows) => tidy(() => rows.matMul(rows.transpose()).neg().add(1).mean()),
    };
    expect((await run(pullOnly)).state).toBe('collapsed');
    expect((await run(pairLoss())).state).toBe('healthy');
  });
});
