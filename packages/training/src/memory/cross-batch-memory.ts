import { NearkinError } from '@nearkin/core';
import type { Loss } from '../losses/loss.js';
import type { Miner } from '../miners/miner.js';
import { type EmbeddingMemoryOptions, embeddingMemory } from './embedding-memory.js';

export interface CrossBatchMemoryOptions extends EmbeddingMemoryOptions {
  /** Picks pairs or triplets of batch and memory (of the batch alone in warm-up). */
  readonly miner?: Miner | undefined;
}

/**
 * Makes a loss compare each batch with the last `size` rows, its own among them, instead of with itself alone.
 *
 * Each call is a step: the batch is taken in first, then compared with all rows of the memory less its own copies. No
 * gradient flows into the memory. In the first `warmupSteps` calls the batch is compared with itself. Targets are labels or
 * multi-hot labels. `state` is what checkpoints save. It is the same as `fit` with `memory: embeddingMemory(...)` and `miner`.
 *
 * @param loss one that takes a reference: pairs and triplets, not class vectors; it is disposed with this one
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: as the loss, and `INVALID_ARGUMENT` for pairs mined
 * elsewhere or a batch larger than the memory, `UNSUPPORTED` for masks and lists of pairs
 * @source Wang et al.: Cross-batch memory for embedding learning, CVPR 2020, algorithm 1
 * @example
 * const loss = crossBatchMemory(contrastiveLoss(), { size: 4 });
 * loss.compute(tf.tensor2d([[0]]), [0]).print(); // 0: the memory holds its own copy only
 * loss.compute(tf.tensor2d([[0.25]]), [0]).print(); // 0.25: the distance to the row before
 */
export function crossBatchMemory(loss: Loss, options: CrossBatchMemoryOptions): Loss {
  const { miner, ...size } = options;
  const memory = embeddingMemory(size);
  const name = `crossBatchMemory(${loss.name})`;
  if (loss.state)
    throw new NearkinError('UNSUPPORTED', `Expected a loss without state of its own for a memory, got ${loss.name}.`);
  return Object.freeze<Loss>({
    name,
    weights: loss.weights,
    state: memory,
    ...(loss.collapsedValue === undefined ? {} : { collapsedValue: loss.collapsedValue }),
    compute(embeddings, targets, { mined, reference: given, seed } = {}) {
      if (mined || given)
        throw new NearkinError(
          'INVALID_ARGUMENT',
          `Expected no ${mined ? 'mined pairs' : 'reference'} for ${name}: it has a memory of its own. Give the miner to crossBatchMemory.`,
        );
      const reference = memory.next(embeddings, targets);
      const call = { reference, ...(seed === undefined ? {} : { seed }) };
      const found = miner?.mine(embeddings, targets, call);
      const value = loss.compute(embeddings, targets, { ...call, mined: found });
      reference?.embeddings.dispose();
      return value;
    },
    dispose() {
      memory.dispose();
      loss.dispose();
    },
  });
}
