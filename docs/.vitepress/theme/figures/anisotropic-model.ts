import { createRng } from '@nearkin/core';
import { anisotropicWeight } from '@nearkin/searcher';

export type Vector = readonly [x: number, y: number];

/** Of the vectors that a weight is worked out for; the figure shows two of them. */
export const dim = 100;

/** Errors along and across a row, when a code word stands in for it. */
export function errorsOf(row: Vector, word: Vector): { along: number; across: number } {
  const length = Math.hypot(...row);
  const [dx, dy] = [word[0] - row[0], word[1] - row[1]];
  return { along: (dx * row[0] + dy * row[1]) / length, across: (dy * row[0] - dx * row[1]) / length };
}

/** What the choice of a code word is judged by: errors along the row cost `weight` times as much. */
export function lossOf(row: Vector, word: Vector, weight: number): number {
  const { along, across } = errorsOf(row, word);
  return weight * along ** 2 + across ** 2;
}

/** The code word of least loss, the first of equals. */
export function chooseWord(row: Vector, words: readonly Vector[], weight: number): Vector {
  return words.reduce((a, b) => (lossOf(row, b, weight) < lossOf(row, a, weight) ? b : a));
}

export interface AnisotropicModel {
  readonly words: readonly Vector[];
  /** How many times as much an error along the row costs, at a threshold. */
  weight(threshold: number): number;
  /** Root mean square error of scores, over rows all around and the queries that point at them. */
  scoreError(weight: number): number;
}

/** Code words scattered about the unit circle, and rows on it. */
export function createAnisotropicModel(): AnisotropicModel {
  const rng = createRng(5);
  const around = (length: () => number): Vector => {
    const angle = 2 * Math.PI * rng.uniform();
    const size = length();
    return [size * Math.cos(angle), size * Math.sin(angle)];
  };
  const rows = Array.from({ length: 2000 }, () => around(() => 1));
  const words = Array.from({ length: 60 }, () => around(() => 0.7 + 0.5 * rng.uniform()));
  return {
    words,
    weight: (threshold) => anisotropicWeight({ threshold, dim }),
    scoreError(weight) {
      const squares = rows.map((row) => errorsOf(row, chooseWord(row, words, weight)).along ** 2);
      return Math.sqrt(squares.reduce((a, b) => a + b, 0) / rows.length);
    },
  };
}
