import type { MinedPairs } from '../miners/miner.js';
import { assertNumber } from '../optimizers/assert-number.js';
import { type Diagnosis, diagnose } from './diagnose.js';
import { type EmbeddingStatistics, embeddingStatistics } from './embedding-statistics.js';

/** What a monitor sees of one batch. */
export interface MonitoredBatch {
  readonly step: number;
  readonly loss: number;
  /** Shape `[labels.length, dim]`. */
  readonly embeddings: Float32Array;
  readonly dim: number;
  readonly labels: ArrayLike<number>;
  readonly mined?: MinedPairs | undefined;
  /** The loss of embeddings that are one point, where that is known. */
  readonly collapsedValue?: number | undefined;
}

/** How the embeddings of a step lie, and what that means. */
export interface CollapseReport extends EmbeddingStatistics, Diagnosis {
  readonly step: number;
  /** Mean of the last 50 batches. */
  readonly loss: number;
  /** Triplets or pairs that the miner gave, null without a miner. */
  readonly minedCount: number | null;
}

export interface CollapseMonitor {
  /** @returns a report where it is the step's turn */
  observe(batch: MonitoredBatch): CollapseReport | undefined;
  readonly last: CollapseReport | undefined;
}

/** Batches whose losses are averaged. */
const window = 50;

/**
 * Watches training for the ways in which metric learning fails: all embeddings in one point, in a few directions,
 * classes that do not part, nothing left to learn. It says in words what is wrong and what to try.
 *
 * @param options.every steps between looks; default 25
 * @param options.margin Euclidean distance by which a negative should be farther than a positive; default 0.2
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @example
 * const { collapse } = await fit(model, data, { loss, sampler, epochs: 3, monitor: collapseMonitor() });
 * collapse.state; // 'healthy'
 */
export function collapseMonitor(
  options: { readonly every?: number | undefined; readonly margin?: number | undefined } = {},
): CollapseMonitor {
  const { every = 25, margin = 0.2 } = options;
  assertNumber('every', every, { least: 1 });
  assertNumber('margin', margin, { least: 0 });
  const losses: number[] = [];
  let last: CollapseReport | undefined;
  return {
    get last() {
      return last;
    },
    observe({ step, loss, embeddings, dim, labels, mined, collapsedValue }) {
      losses.push(loss);
      if (losses.length > window) losses.shift();
      if (step % every !== 0) return undefined;
      const statistics = embeddingStatistics(embeddings, { dim, labels, margin });
      const meanLoss = losses.reduce((a, b) => a + b, 0) / losses.length;
      const minedCount = mined ? countMined(mined) : null;
      last = Object.freeze({
        step,
        loss: meanLoss,
        minedCount,
        ...statistics,
        ...diagnose({ ...statistics, loss: meanLoss, minedCount, collapsedValue }),
      });
      return last;
    },
  };
}

function countMined(mined: MinedPairs): number {
  return mined.kind === 'triplets'
    ? mined.anchors.length
    : mined.positives.anchors.length + mined.negatives.anchors.length;
}
