import { describe, expect, it } from 'vitest';
import { hierarchicalSampler } from './hierarchical-sampler.js';

/** 23 classes of 4 samples in groups of 9, 7, 5 and 2. */
const groupOfClass = [...'00000000011111112222233'].map(Number);
const labels = Array.from({ length: 92 }, (_, i) => i % 23);
const groups = labels.map((label) => groupOfClass[label]!);
const make = (options = {}) =>
  hierarchicalSampler({ labels, groups, classesPerGroup: 3, samplesPerClass: 2, seed: 1, ...options });
const unique = (values: number[]) => [...new Set(values)];

describe('hierarchicalSampler', () => {
  it('brings every class, a few groups at a time', () => {
    const sampler = make();
    for (let epoch = 0; epoch < 6; epoch++) {
      const batches = [...sampler.epoch(epoch)];
      expect(batches.length).toBe(sampler.batchesPerEpoch);
      const seen = batches.flatMap((batch) => unique(batch.map((sample) => labels[sample]!)));
      expect(unique(seen).length).toBe(23);
      // 9, 7, 5 and 2 classes make 3, 3, 2 and 1 parts: two, one and no classes come twice.
      expect(seen.length).toBe(9 + 9 + 6 + 2);
      for (const batch of batches) {
        const present = unique(batch.map((sample) => groups[sample]!));
        expect(present.length).toBeLessThanOrEqual(2);
        for (const group of present) {
          const own = batch.filter((sample) => groups[sample] === group);
          expect(own.length).toBe(group === 3 ? 4 : 6);
          expect(unique(own).length).toBe(own.length);
        }
      }
      expect(batches.filter((batch) => batch.length < 10).length).toBeLessThanOrEqual(1);
    }
  });

  it('is the same for the same seed and epoch', () => {
    const epoch = (seed: number, number: number) => [...make({ seed }).epoch(number)];
    expect(epoch(3, 2)).toEqual(epoch(3, 2));
    expect(epoch(3, 2)).not.toEqual(epoch(3, 1));
    expect(epoch(3, 2)).not.toEqual(epoch(4, 2));
  });

  it('names what came', () => {
    expect(() => make({ groupsPerBatch: 5 })).toThrow(expect.objectContaining({ code: 'TOO_FEW_CLASSES' }));
    expect(() => make({ labels: [0, 0], groups: [0, 1] })).toThrow(/label 0 is in 0 and 1/);
    expect(() => make({ groups: [0] })).toThrow(/92 groups/);
    expect(() => make({ classesPerGroup: undefined })).toThrow(/classesPerGroup/);
  });
});
