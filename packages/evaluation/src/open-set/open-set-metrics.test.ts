import { createRng, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { verificationMetrics } from '../verification/verification-metrics.js';
import { openSetMetrics } from './open-set-metrics.js';

const code = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof NearkinError ? error.code : error;
  }
  return 'no error';
};

describe('openSetMetrics', () => {
  it('gives the hand-computed figures', () => {
    // Descending: K .9, K .8, U .7, K .6, U .3
    const result = openSetMetrics({
      known: [0.9, 0.6, 0.8],
      unknown: [0.7, 0.3],
      correct: [true, true, false],
      far: [0, 0.5],
    });
    expect(result.auroc).toBeCloseTo(5 / 6, 15);
    expect(result.auprKnown).toBeCloseTo((1 + 1 + 3 / 4) / 3, 15);
    // Ascending: U .3 (1/1), K .6, U .7 (2/3)
    expect(result.auprUnknown).toBeCloseTo((1 + 2 / 3) / 2, 15);
    expect(result.fprAt95Tpr).toBe(1 / 2);
    // At .8: accepted 0, refused 1/3; at .7: accepted 1/2. Straight between: 1/3.
    expect(result.eer).toBeCloseTo(1 / 3, 15);
    expect(result.dirAtFar).toEqual([
      { far: 0, dir: 1 / 3, threshold: 0.8, actualFar: 0 },
      { far: 0.5, dir: 2 / 3, threshold: 0.6, actualFar: 0.5 },
    ]);
  });

  it('takes scores with flags as well', () => {
    const flagged = openSetMetrics({
      scores: [0.7, 0.9, 0.6, 0.3, 0.8],
      isKnown: [0, 1, 1, 0, 1],
      correct: [1, 1, 1, 1, 0],
    });
    expect(flagged).toEqual(openSetMetrics({ known: [0.9, 0.6, 0.8], unknown: [0.7, 0.3], correct: [1, 1, 0] }));
  });

  it('agrees with counting all pairs and all thresholds', () => {
    const rng = createRng(3);
    for (let round = 0; round < 40; round++) {
      const known = Array.from({ length: 1 + rng.integer(12) }, () => rng.integer(6) + 1);
      const unknown = Array.from({ length: 1 + rng.integer(12) }, () => rng.integer(6));
      const result = openSetMetrics({ known, unknown });
      let wins = 0;
      for (const k of known) for (const u of unknown) wins += k > u ? 1 : k === u ? 0.5 : 0;
      expect(result.auroc).toBeCloseTo(wins / known.length / unknown.length, 13);
      const rates = [0, 1, 2, 3, 4, 5, 6].map((threshold) => ({
        tpr: known.filter((k) => k >= threshold).length / known.length,
        fpr: unknown.filter((u) => u >= threshold).length / unknown.length,
      }));
      expect(result.fprAt95Tpr).toBe(Math.min(...rates.filter(({ tpr }) => tpr >= 0.95).map(({ fpr }) => fpr)));
      // Average precision by threshold, from the top.
      let area = 0;
      for (const threshold of [6, 5, 4, 3, 2, 1, 0]) {
        const tp = known.filter((k) => k >= threshold).length;
        const fp = unknown.filter((u) => u >= threshold).length;
        const gained = known.filter((k) => k === threshold).length / known.length;
        if (gained > 0) area += gained * (tp / (tp + fp));
      }
      expect(result.auprKnown).toBeCloseTo(area, 13);
    }
  });

  it('behaves when all scores are equal, perfect, reversed, or of one kind', () => {
    expect(openSetMetrics({ known: [1, 1, 1], unknown: [1] })).toMatchObject({
      auroc: 0.5,
      auprKnown: 0.75,
      auprUnknown: 0.25,
      fprAt95Tpr: 1,
      eer: 0.5,
    });
    expect(openSetMetrics({ known: [2, 3], unknown: [1] })).toMatchObject({
      auroc: 1,
      auprKnown: 1,
      fprAt95Tpr: 0,
      eer: 0,
    });
    expect(openSetMetrics({ known: [1], unknown: [2, 3] })).toMatchObject({ auroc: 0, fprAt95Tpr: 1, eer: 1 });
    for (const result of [
      openSetMetrics({ known: [1], unknown: [], correct: [1] }),
      openSetMetrics({ known: [], unknown: [1], correct: [] }),
      openSetMetrics({ known: [], unknown: [], correct: [] }),
    ]) {
      expect(result).toMatchObject({ auroc: null, auprKnown: null, auprUnknown: null, fprAt95Tpr: null, eer: null });
      expect(result.dirAtFar?.[0]?.dir).toBeNull();
    }
  });

  it('refuses bad input by code', () => {
    expect(code(() => openSetMetrics({}))).toBe('INVALID_ARGUMENT');
    expect(code(() => openSetMetrics({ known: [1], unknown: [Number.NaN] }))).toBe('NON_FINITE');
    expect(code(() => openSetMetrics({ scores: [1], isKnown: [] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => openSetMetrics({ known: [1], unknown: [1], correct: [] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => openSetMetrics({ known: [1], unknown: [1], far: 5 }))).toBe('INVALID_ARGUMENT');
  });
});

describe('verificationMetrics', () => {
  it('refuses as few genuine pairs as the allowed false matches let it', () => {
    const genuine = [0.9, 0.8, 0.7, 0.4];
    const impostor = [0.75, 0.5, 0.3, 0.2, 0.1];
    const result = verificationMetrics({ genuine, impostor, fmr: [0, 0.2, 0.39, 0.4, 1] });
    expect(result.fnmrAtFmr).toEqual([
      { fmr: 0, fnmr: 0.5, threshold: 0.8, actualFmr: 0 },
      { fmr: 0.2, fnmr: 0.25, threshold: 0.7, actualFmr: 0.2 },
      { fmr: 0.39, fnmr: 0.25, threshold: 0.7, actualFmr: 0.2 },
      { fmr: 0.4, fnmr: 0, threshold: 0.4, actualFmr: 0.4 },
      { fmr: 1, fnmr: 0, threshold: 0.1, actualFmr: 1 },
    ]);
    expect(result.auroc).toBeCloseTo((5 + 5 + 4 + 3) / 20, 15);
  });

  it('accepts nothing where all are tied, and is null for one kind', () => {
    const tied = verificationMetrics({ scores: [1, 1, 1], isMatch: [1, 0, 1], fmr: 0.1 });
    expect(tied).toMatchObject({ eer: 0.5, auroc: 0.5, genuineCount: 2, impostorCount: 1 });
    expect(tied.fnmrAtFmr).toEqual([{ fmr: 0.1, fnmr: 1, threshold: null, actualFmr: 0 }]);
    expect(verificationMetrics({ genuine: [1], impostor: [], fmr: 0.1 })).toMatchObject({ eer: null, auroc: null });
    expect(code(() => verificationMetrics({ genuine: [1] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => verificationMetrics({ genuine: [1], impostor: [1], fmr: -1 }))).toBe('INVALID_ARGUMENT');
  });
});
