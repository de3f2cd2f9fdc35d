import type { Gallery, JobOptions } from '@nearkin/core';
import { scanRows } from './scan-rows.js';

/** A row whose nearest other row is of another class: mislabelled, or of two classes that look alike. */
export interface Disagreement {
  readonly id: string;
  readonly label: string;
  /** Nearest other row of the same class. */
  readonly own: { readonly id: string; readonly score: number };
  /** Nearest row of another class. */
  readonly other: { readonly id: string; readonly label: string; readonly score: number };
}

export interface LeaveOneOut {
  /** Rows that have another row of their class. */
  readonly total: number;
  /** Those whose nearest other row is of their class; a tie counts as correct. */
  readonly correct: number;
  /** The rest, the largest gap between `other` and `own` first. */
  readonly disagreements: readonly Disagreement[];
}

/**
 * Asks each row of the gallery against all others, as if it were a query: an estimate of accuracy (of `max`) that needs
 * no test pictures, and a list of rows to look at. Rows that are alone in their class cannot be judged.
 *
 * @throws {NearkinError} `ABORTED`, `BACKEND_UNAVAILABLE`
 * @example
 * const { correct, total, disagreements } = await leaveOneOut(gallery);
 * disagreements[0]; // { id: 'pear/3.jpg', label: 'pear', own: {…}, other: { id: 'apple/9.jpg', label: 'apple', … } }
 */
export async function leaveOneOut(gallery: Gallery, options: JobOptions = {}): Promise<LeaveOneOut> {
  const { ids, labels } = gallery;
  const disagreements: Disagreement[] = [];
  let total = 0;
  await scanRows(
    gallery,
    (row, cosines) => {
      let own = -1;
      let other = -1;
      for (let i = 0; i < cosines.length; i++) {
        if (i === row) continue;
        if (labels[i] === labels[row]) {
          if (own < 0 || cosines[i]! > cosines[own]!) own = i;
        } else if (other < 0 || cosines[i]! > cosines[other]!) other = i;
      }
      if (own < 0) return;
      total++;
      if (other < 0 || cosines[own]! >= cosines[other]!) return;
      disagreements.push({
        id: ids[row]!,
        label: labels[row]!,
        own: { id: ids[own]!, score: cosines[own]! },
        other: { id: ids[other]!, label: labels[other]!, score: cosines[other]! },
      });
    },
    options,
  );
  const gap = ({ own, other }: Disagreement) => other.score - own.score;
  disagreements.sort((a, b) => gap(b) - gap(a));
  return { total, correct: total - disagreements.length, disagreements };
}
