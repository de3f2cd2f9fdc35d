import { createRng, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { calibrateThreshold } from './calibrate-threshold.js';
import { calibrationError } from './calibration-error.js';

const code = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof NearkinError ? error.code : error;
  }
  return 'no error';
};

describe('calibrateThreshold', () => {
  const distances = [0.1, 0.2, 0.3, 0.4, 0.5];
  const isMatch = [1, 0, 1, 0, 1];

  it('takes the last of equal maxima over ascending distance', () => {
    // F1 by threshold: 2/4, 2/5, 4/6, 4/7, 6/8.
    expect(calibrateThreshold({ distances, isMatch })).toEqual({
      objective: 'f1',
      target: null,
      threshold: 0.5,
      precision: 3 / 5,
      recall: 1,
      f1: 0.75,
      far: 1,
      accepted: 5,
    });
    // F1: 2/3, 2/4, 2/5, then 4/6: the first and the last are equal.
    expect(calibrateThreshold({ distances: [1, 2, 3, 4], isMatch: [1, 0, 0, 1] }).threshold).toBe(4);
    expect(calibrateThreshold({ scores: [9, 8, 7, 6], isMatch: [1, 0, 0, 1] }).threshold).toBe(6);
  });

  it('reaches a precision with the most recall, and a false accept rate with the most accepted', () => {
    expect(calibrateThreshold({ distances, isMatch, objective: 'precision', target: 2 / 3 })).toMatchObject({
      threshold: 0.3,
      precision: 2 / 3,
      recall: 2 / 3,
    });
    expect(calibrateThreshold({ distances, isMatch, objective: 'far', target: 0.5 })).toMatchObject({
      threshold: 0.3,
      far: 0.5,
      accepted: 3,
    });
    expect(calibrateThreshold({ scores: [1, 2], isMatch: [1, 0], objective: 'precision', target: 0.9 })).toMatchObject({
      threshold: null,
      accepted: 0,
      precision: null,
      recall: 0,
    });
  });

  it('agrees with trying every threshold', () => {
    const rng = createRng(5);
    for (let round = 0; round < 50; round++) {
      const count = 2 + rng.integer(15);
      const scores = Array.from({ length: count }, () => rng.integer(8));
      const match = scores.map((score) => (rng.integer(10) < score + 1 ? 1 : 0));
      match[0] = 1;
      const f1 = (threshold: number) => {
        const accepted = scores.flatMap((score, i) => (score >= threshold ? [match[i]!] : []));
        return (2 * accepted.filter(Boolean).length) / (accepted.length + match.filter(Boolean).length);
      };
      const best = Math.max(...scores.map(f1));
      const result = calibrateThreshold({ scores, isMatch: match });
      expect(result.f1).toBeCloseTo(best, 14);
      expect(result.threshold).toBe(Math.min(...scores.filter((score) => f1(score) === best)));
    }
  });

  it('behaves without matches, without others, all tied, empty', () => {
    expect(calibrateThreshold({ scores: [1, 2], isMatch: [0, 0] })).toMatchObject({
      threshold: null,
      f1: null,
      recall: null,
    });
    expect(calibrateThreshold({ scores: [1, 2], isMatch: [1, 1] })).toMatchObject({ threshold: 1, f1: 1, far: null });
    expect(calibrateThreshold({ scores: [3, 3], isMatch: [1, 0] })).toMatchObject({
      threshold: 3,
      precision: 0.5,
      far: 1,
    });
    expect(calibrateThreshold({ scores: [], isMatch: [] })).toMatchObject({ threshold: null, accepted: 0 });
    expect(calibrateThreshold({ scores: [3, 3], isMatch: [1, 0], objective: 'far', target: 0 }).threshold).toBeNull();
  });

  it('refuses bad input by code', () => {
    expect(code(() => calibrateThreshold({ isMatch: [] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => calibrateThreshold({ scores: [1], distances: [1], isMatch: [1] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => calibrateThreshold({ scores: [1], isMatch: [] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => calibrateThreshold({ scores: [1], isMatch: [1], objective: 'far' }))).toBe('INVALID_ARGUMENT');
    expect(code(() => calibrateThreshold({ scores: [Number.NaN], isMatch: [1] }))).toBe('NON_FINITE');
  });
});

describe('calibrationError', () => {
  it('gives the hand-computed figures', () => {
    const result = calibrationError({ confidences: [0.95, 0.85, 0.81, 0.35], correct: [1, 1, 0, 1], bins: 10 });
    // Bins: (0.9, 1] gap 0.05; (0.8, 0.9] gap |0.5 - 0.83|; (0.3, 0.4] gap 0.65.
    expect(result.ece).toBeCloseTo((0.05 + 2 * 0.33 + 0.65) / 4, 14);
    expect(result.mce).toBeCloseTo(0.65, 14);
    expect(result.brier).toBeCloseTo((0.05 ** 2 + 0.15 ** 2 + 0.81 ** 2 + 0.65 ** 2) / 4, 14);
    expect(result.bins[8]).toMatchObject({ low: 0.8, high: 0.9, count: 2, accuracy: 0.5 });
    expect(result.bins[0]).toMatchObject({ count: 0, confidence: null, accuracy: null });
  });

  it('puts a bound into the bin below it, 0 into the first', () => {
    for (const bins of [3, 10, 15, 100])
      for (let i = 0; i <= bins; i++) {
        const { bins: diagram } = calibrationError({ confidences: [i / bins], correct: [1], bins });
        expect(diagram.findIndex(({ count }) => count > 0)).toBe(Math.max(0, i - 1));
      }
  });

  it('reads probabilities of all classes', () => {
    const result = calibrationError({
      probabilities: [
        [0.7, 0.2, 0.1],
        [0.5, 0.5, 0],
      ],
      labels: [0, 1],
    });
    expect(result.brier).toBeCloseTo((0.09 + 0.04 + 0.01 + 0.25 + 0.25) / 2, 14);
    expect(result.ece).toBeCloseTo((0.3 + 0.5) / 2, 14);
  });

  it('is 0 for sure and right answers, 1 for sure and wrong ones, null for none', () => {
    expect(calibrationError({ confidences: [1, 1], correct: [1, 1] })).toMatchObject({ ece: 0, mce: 0, brier: 0 });
    expect(calibrationError({ confidences: [1, 1], correct: [0, 0] })).toMatchObject({ ece: 1, mce: 1, brier: 1 });
    expect(calibrationError({ confidences: [], correct: [] })).toMatchObject({ ece: null, mce: null, brier: null });
  });

  it('refuses bad input by code', () => {
    expect(code(() => calibrationError({}))).toBe('INVALID_ARGUMENT');
    expect(code(() => calibrationError({ confidences: [1.1], correct: [1] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => calibrationError({ confidences: [1], correct: [] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => calibrationError({ confidences: [Number.NaN], correct: [1] }))).toBe('NON_FINITE');
    expect(code(() => calibrationError({ probabilities: [[1]], labels: [1] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => calibrationError({ confidences: [1], correct: [1], bins: 0 }))).toBe('INVALID_ARGUMENT');
  });
});
