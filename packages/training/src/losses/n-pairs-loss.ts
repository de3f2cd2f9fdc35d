import { NearkinError } from '@nearkin/core';
import type { DistanceName } from '../distances/distance.js';
import { checkOptions, distanceName, flag, reductionName } from './check-options.js';
import { crossEntropyTerms } from './cross-entropy-terms.js';
import type { Loss, Reduction } from './loss.js';
import type { PairList } from './pair-list.js';
import { definePairLoss, type PairBatch } from './pair-loss.js';
import { areLabels, kindOf, readLabels } from './read-labels.js';

export interface NPairsLossOptions {
  /** Default `dot`. */
  readonly distance?: DistanceName | undefined;
  /** Scales embeddings to length 1 first; default false. */
  readonly normalize?: boolean | undefined;
  /** Default `mean`. */
  readonly reduction?: Reduction | undefined;
}

/**
 * Multi-class N-pairs loss: with one pair (anchor, positive) of each class, the cross entropy of
 * `anchors x positives^T` with the diagonal as the target.
 *
 * With labels the pair of a class is its first two rows, or its first mined pair; classes without two rows are left out.
 * With pair lists each positive pair is a class of its own, anchor first; negative pairs are not looked at. Similarities
 * are plain dot products of the embeddings as they are. There is no L2 term. `mean` divides by the pairs; `none`: one number
 * for each pair, by its anchor's row (lists: as listed). No multi-hot labels, masks, or reference. Without a pair, and with
 * one, the loss and its gradients are 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`,
 * `UNSUPPORTED` for other targets or a reference
 * @source Sohn: Improved deep metric learning with multi-class N-pair loss objective, NeurIPS 2016, equation 8
 * @example
 * const loss = nPairsLoss();
 * loss.compute(tf.tensor2d([[1, 0], [1, 0], [0, 1], [0, 1]]), [0, 0, 1, 1]).print(); // 0.3133: ln(1 + 1 / e)
 */
export function nPairsLoss(options: NPairsLossOptions = {}): Loss {
  checkOptions('nPairsLoss', options, { distance: distanceName, normalize: flag, reduction: reductionName });
  const { distance = 'dot', normalize = false, reduction = 'mean' } = options;
  return definePairLoss({
    name: 'nPairsLoss',
    distance,
    as: 'similarity',
    normalize,
    reduction,
    terms(batch, gradients) {
      const { anchors, others } = choosePairs(batch);
      const count = anchors.length;
      const cells = new Int32Array(count * count);
      for (let i = 0, at = 0; i < count; i++)
        for (let j = 0; j < count; j++) cells[at++] = anchors[i]! * batch.columns + others[j]!;
      const logits = Float64Array.from(cells, (cell) => batch.values[cell]!);
      const diagonal = Int32Array.from(anchors, (_, i) => i);
      return [
        crossEntropyTerms(logits, diagonal, (slopes) => {
          slopes.forEach((slope, at) => {
            gradients.values[cells[at]!]! += slope;
          });
        }),
      ];
    },
  });
}

function choosePairs({ rows, targets, mined, reference, pairs }: PairBatch): PairList {
  if (reference)
    throw new NearkinError(
      'UNSUPPORTED',
      'Expected no reference for nPairsLoss: its negatives are the pairs of the batch.',
    );
  if (!areLabels(targets)) {
    if (!('positivePairs' in targets))
      throw new NearkinError('UNSUPPORTED', `Expected labels or pair lists for nPairsLoss, got ${kindOf(targets)}.`, {
        details: { targets: kindOf(targets) },
      });
    const listed = pairs({ repeats: true }).positives;
    if (mined) return listed;
    const { positivePairs } = targets;
    return {
      anchors: Int32Array.from(positivePairs, ([anchor]) => anchor),
      others: Int32Array.from(positivePairs, ([, other]) => other),
    };
  }
  const labels = readLabels(targets, { rows, owner: 'nPairsLoss' });
  const { positives } = pairs({ repeats: true });
  const seen = new Set<number>();
  const chosen: [number, number][] = [];
  positives.anchors.forEach((anchor, i) => {
    if (seen.has(labels[anchor]!)) return;
    seen.add(labels[anchor]!);
    chosen.push([anchor, positives.others[i]!]);
  });
  chosen.sort(([a], [b]) => a - b);
  return { anchors: Int32Array.from(chosen, ([a]) => a), others: Int32Array.from(chosen, ([, p]) => p) };
}
