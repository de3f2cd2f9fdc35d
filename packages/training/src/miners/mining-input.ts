import type { Tensor2D } from '@tensorflow/tfjs';
import { compareRows } from '../distances/compare-rows.js';
import type { DistanceName } from '../distances/distance.js';
import { readRows } from '../distances/rows.js';
import type { Reference } from '../losses/loss.js';
import { relateBatch } from '../losses/pair-loss.js';
import { negativePair, positivePair } from '../losses/relation.js';
import type { Targets } from '../losses/targets.js';

/** How a miner measures. */
export interface MinerDistanceOptions {
  /** Default `euclidean`. */
  readonly distance?: DistanceName | undefined;
  /** Scales embeddings to length 1 first; default false. */
  readonly normalize?: boolean | undefined;
}

/** What miners choose from. */
export interface MiningInput {
  readonly rows: number;
  readonly columns: number;
  /** Distances or similarities, as asked for; shape `[rows, columns]`. */
  readonly values: Float64Array;
  /** Cells of the positive pairs of a row, by the other row. */
  positives(row: number): number[];
  negatives(row: number): number[];
}

/** Compares a batch with itself or with a reference, for miners. */
export function miningInput(
  embeddings: Tensor2D,
  targets: Targets,
  options: {
    readonly distance: DistanceName;
    readonly normalize: boolean;
    readonly as: 'distance' | 'similarity';
    readonly reference: Reference | undefined;
  },
): MiningInput {
  const { distance, normalize, as, reference } = options;
  const batch = readRows('embeddings', embeddings);
  const other = reference && readRows('reference embeddings', reference.embeddings);
  const { kinds, columns } = relateBatch(targets, batch.count, reference);
  const { values } = compareRows(batch, { distance, normalize, as, reference: other });
  const cells = (row: number, kind: number) => {
    const found: number[] = [];
    for (let cell = row * columns; cell < (row + 1) * columns; cell++) if (kinds[cell] === kind) found.push(cell);
    return found;
  };
  return {
    rows: batch.count,
    columns,
    values,
    positives: (row) => cells(row, positivePair),
    negatives: (row) => cells(row, negativePair),
  };
}
