import type { EmbeddingStatistics } from './embedding-statistics.js';

export interface Diagnosis {
  /**
   * `collapsed`: one point. `flat`: few directions. `mixed`: classes do not part. `idle`: nothing left to learn from.
   */
  readonly state: 'healthy' | 'collapsed' | 'flat' | 'mixed' | 'idle';
  /** What is the matter, in a sentence with its figures. */
  readonly words: string;
  /** What to try, the likeliest first. */
  readonly advice: readonly string[];
}

/** Below this the unit rows are one point for all purposes. */
const collapsedSpread = 0.01;
/** Share of the directions that the classes could use. */
const flatShare = 0.1;
/** Ranks are not judged where so few are possible. */
const leastJudgedRank = 8;
/** Share of triplets with the negative at least as near, above which classes hardly part; chance is a half. */
const mixedShare = 0.4;
/** Share of active triplets below which hardly a gradient is left. */
const idleShare = 0.002;

/** Puts figures into words. */
export function diagnose(
  figures: EmbeddingStatistics & {
    readonly loss: number;
    readonly minedCount: number | null;
    readonly collapsedValue: number | undefined;
  },
): Diagnosis {
  const { spread, effectiveRank, rankLimit, classes, positiveSimilarity, negativeSimilarity, activeShare, hardShare } =
    figures;
  const { loss, minedCount, collapsedValue } = figures;
  const text = (value: number | null, digits = 3) => (value === null ? '–' : value.toFixed(digits));
  if (spread < collapsedSpread) {
    const isAtMargin =
      collapsedValue !== undefined && Math.abs(loss - collapsedValue) <= 0.05 * Math.abs(collapsedValue);
    const stuck = isAtMargin ? `, and the loss is stuck at ${text(collapsedValue)}, what one point gives` : '';
    return {
      state: 'collapsed',
      words: `All embeddings lie in nearly one point (spread ${text(spread, 4)}, similarity of other classes ${text(negativeSimilarity)})${stuck}.`,
      advice: [
        'start anew with a lower learning rate and a longer warm-up',
        'mine semi-hard instead of hardest negatives',
        'use a loss that does not collapse easily, such as NT-Xent, multi-similarity or proxy-anchor',
      ],
    };
  }
  const possible = Math.min(rankLimit, classes - 1);
  if (possible >= leastJudgedRank && effectiveRank < Math.max(1.5, flatShare * possible))
    return {
      state: 'flat',
      words: `The embeddings use few directions: effective rank ${text(effectiveRank, 1)}, where ${classes} classes could use ${possible}.`,
      advice: [
        'lower the learning rate or the temperature',
        'put more classes into a batch',
        'compare with more negatives, by a memory',
      ],
    };
  if (minedCount === 0 || (activeShare !== null && activeShare < idleShare && loss < 1e-3))
    return {
      state: 'idle',
      words: `Hardly anything is left to learn from: ${minedCount === 0 ? 'the miner found no pairs' : `${text((activeShare ?? 0) * 100, 2)} % of the triplets are active`}, loss ${text(loss, 5)}.`,
      advice: [
        'mine harder: semi-hard or batch-hard',
        'put more classes into a batch, or widen the margin',
        'augment more; if validation is good, training is simply done',
      ],
    };
  if (hardShare !== null && hardShare > mixedShare)
    return {
      state: 'mixed',
      words: `Samples of one class (similarity ${text(positiveSimilarity)}) are hardly nearer than those of others (${text(negativeSimilarity)}): in ${text(hardShare * 100, 0)} % of the triplets the other class is as near.`,
      advice: [
        'train longer: this is how every run begins',
        'raise the learning rate if the loss does not fall, lower it if it jumps',
        'check that the labels belong to the samples',
      ],
    };
  return {
    state: 'healthy',
    words: `Healthy: classes part (similarity ${text(positiveSimilarity)} inside, ${text(negativeSimilarity)} across), spread ${text(spread, 2)}, effective rank ${text(effectiveRank, 1)} of ${rankLimit}.`,
    advice: [],
  };
}
