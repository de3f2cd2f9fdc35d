import { describe, expect, it } from 'vitest';
import { perClassSampler } from './per-class-sampler.js';

/** 10 classes of 5 samples: sample 7 is of class 7 % 10. */
const labels = Int32Array.from({ length: 50 }, (_, i) => i % 10);
const make = (options = {}) => perClassSampler({ labels, classesPerBatch: 5, samplesPerClass: 2, seed: 4, ...options });
const classesOf = (batch: readonly number[]) => [...new Set(batch.map((sample) => labels[sample]!))];

describe('perClassSampler', () => {
  it('brings every class once an epoch', () => {
    const sampler = make();
    for (let epoch = 0; epoch < 5; epoch++) {
      const batches = [...sampler.epoch(epoch)];
      expect(batches.map(({ length }) => length)).toEqual([10, 10]);
      expect(batches.length).toBe(sampler.batchesPerEpoch);
      for (const batch of batches) expect(new Set(batch).size).toBe(10);
      expect(batches.flatMap(classesOf).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('is the same for the same seed and epoch, in any order of asking', () => {
    const epochs = (sampler: ReturnType<typeof make>) => [2, 0, 1].map((epoch) => [...sampler.epoch(epoch)]);
    const [two, zero] = epochs(make());
    expect([...make().epoch(2)]).toEqual(two);
    expect(zero).not.toEqual(two);
    expect([...make({ seed: 5 }).epoch(2)]).not.toEqual(two);
  });

  it('walks through the samples of a class before one comes again', () => {
    const sampler = make({ samplesPerClass: 2 });
    // Five samples make two groups of two; the fifth waits for the next round.
    for (let round = 0; round < 4; round++) {
      const seen = [0, 1].flatMap((i) => [...sampler.epoch(2 * round + i)].flat());
      expect(new Set(seen).size).toBe(40);
    }
    const all = new Set([0, 1, 2, 3, 4, 5, 6, 7].flatMap((epoch) => [...sampler.epoch(epoch)].flat()));
    expect(all.size).toBeGreaterThan(45);
  });

  it('fills, drops or keeps the last batch', () => {
    const options = { classesPerBatch: 4, samplesPerClass: 3 };
    const [filled, dropped, kept] = (['fill', 'drop', 'keep'] as const).map((lastBatch) => {
      const sampler = make({ ...options, lastBatch });
      const batches = [...sampler.epoch(1)];
      expect(batches.length).toBe(sampler.batchesPerEpoch);
      return batches;
    });
    expect(filled!.map((batch) => classesOf(batch).length)).toEqual([4, 4, 4]);
    expect(new Set(filled!.flatMap(classesOf)).size).toBe(10);
    for (const batch of filled!) expect(new Set(batch).size).toBe(12);
    expect(dropped).toEqual(filled!.slice(0, 2));
    expect(kept!.map((batch) => classesOf(batch).length)).toEqual([4, 4, 2]);
    expect(kept!.flatMap(classesOf).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('repeats the samples of a small class evenly', () => {
    const sampler = perClassSampler({ labels: [5, 5, 5, 9, 3, 3], classesPerBatch: 3, samplesPerClass: 4 });
    const [batch] = [...sampler.epoch(0)];
    const times = (samples: number[]) => samples.map((s) => batch!.filter((x) => x === s).length).sort();
    expect(times([0, 1, 2])).toEqual([1, 1, 2]);
    expect(times([3])).toEqual([4]);
    expect(times([4, 5])).toEqual([2, 2]);
  });

  it('names what came', () => {
    expect(() => make({ classesPerBatch: 11 })).toThrow(expect.objectContaining({ code: 'TOO_FEW_CLASSES' }));
    expect(() => make({ classesPerBatch: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(() => make({ samplesPerClass: undefined })).toThrow(/samplesPerClass/);
    expect(() => make({ labels: [0, -1] })).toThrow(expect.objectContaining({ code: 'UNKNOWN_LABEL' }));
  });
});
