import { NearkinError } from '@nearkin/core';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs';
import { readRows } from '../distances/rows.js';
import type { StateArray } from '../fit/step-state.js';
import { checkOptions, count, countFromZero } from '../losses/check-options.js';
import type { Reference } from '../losses/loss.js';
import { areLabels, kindOf, readLabels, readMultiHot } from '../losses/read-labels.js';
import type { Targets } from '../losses/targets.js';
import type { Memory } from './memory.js';

export interface EmbeddingMemoryOptions {
  /** Rows that are kept: the last ones. At least a batch's; papers go up to the whole training set. */
  readonly size: number;
  /** Steps in which rows are taken in but not compared with; default 0. Early embeddings age fast. */
  readonly warmupSteps?: number | undefined;
}

/** The rows that are remembered, oldest overwritten first, and a line of numbers for what is known of each. */
interface Rows {
  readonly dim: number;
  /** Shape `[size, dim]`. */
  readonly embeddings: Float32Array;
  /** Numbers of each row: its label, or a 0 or 1 for each class. */
  readonly width: number;
  readonly known: Int32Array;
  readonly multiHot: boolean;
}

/**
 * Remembers the embeddings and labels of the last batches, so that a batch is compared with more rows than its own: give it
 * to `fit` as `memory`, or see {@link crossBatchMemory}.
 *
 * A batch is taken in first, then all rows are given, its own copies marked in `copyOf`. Targets are labels or multi-hot
 * labels, always the same kind.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options, for a batch larger than the memory, for state that does not fit;
 * `UNSUPPORTED` for masks and lists of pairs; `DIMENSION_MISMATCH` when embeddings change their dimension
 * @source Wang et al.: Cross-batch memory for embedding learning, CVPR 2020, section 3.2
 * @example
 * const memory = embeddingMemory({ size: 3 });
 * memory.next(tf.tensor2d([[1], [2]]), [0, 1])!.embeddings.print(); // [[1], [2]]
 * memory.next(tf.tensor2d([[3], [4]]), [0, 1])!.embeddings.print(); // [[4], [2], [3]]: the first row was the oldest
 */
export function embeddingMemory(options: EmbeddingMemoryOptions): Memory {
  checkOptions('embeddingMemory', options, { size: count, warmupSteps: countFromZero });
  const { size, warmupSteps = 0 } = options;
  if (size === undefined) throw new NearkinError('INVALID_ARGUMENT', 'Expected the size of the memory, got nothing.');
  let rows: Rows | undefined;
  let filled = 0;
  let next = 0;
  let steps = 0;

  const targetsOf = ({ known, width, multiHot }: Rows): Targets =>
    multiHot
      ? { multiHot: Array.from({ length: filled }, (_, r) => Array.from(known.subarray(r * width, (r + 1) * width))) }
      : known.slice(0, filled);

  return Object.freeze<Memory>({
    name: 'embeddingMemory',
    next(embeddings: Tensor2D, targets: Targets): Reference | undefined {
      const batch = readRows('embeddings', embeddings);
      if (batch.count > size)
        throw new NearkinError(
          'INVALID_ARGUMENT',
          `Expected a batch of at most ${size} rows, the size of the memory, got ${batch.count}; enlarge the memory.`,
          { details: { size, batch: batch.count } },
        );
      const { known, width, multiHot } = readKnown(targets, batch.count);
      rows ??= newRows(size, { dim: batch.dim, width, multiHot });
      if (rows.dim !== batch.dim || rows.width !== width || rows.multiHot !== multiHot)
        throw new NearkinError(
          'DIMENSION_MISMATCH',
          `Expected rows of dimension ${rows.dim} with ${rows.multiHot ? `${rows.width} classes` : 'labels'} as before, got ${batch.dim} with ${multiHot ? `${width} classes` : 'labels'}.`,
        );
      const copyOf = new Int32Array(size).fill(-1);
      for (let row = 0; row < batch.count; row++) {
        rows.embeddings.set(batch.data.subarray(row * batch.dim, (row + 1) * batch.dim), next * batch.dim);
        rows.known.set(known.subarray(row * width, (row + 1) * width), next * width);
        copyOf[next] = row;
        next = (next + 1) % size;
      }
      filled = Math.min(size, filled + batch.count);
      if (steps++ < warmupSteps) return undefined;
      const remembered = tensor2d(rows.embeddings.slice(0, filled * rows.dim), [filled, rows.dim]);
      return { embeddings: remembered, targets: targetsOf(rows), copyOf: copyOf.slice(0, filled) };
    },
    save() {
      const counters = { data: Int32Array.of(next, steps), shape: [2] };
      if (!rows) return { counters };
      const { dim, width, embeddings, known, multiHot } = rows;
      return {
        counters,
        embeddings: { data: embeddings.slice(0, filled * dim), shape: [filled, dim] },
        [multiHot ? 'multiHot' : 'labels']: {
          data: known.slice(0, filled * width),
          shape: multiHot ? [filled, width] : [filled],
        },
      };
    },
    restore(state) {
      const restored = readState(state, size);
      ({ rows, filled, next, steps } = restored);
    },
    dispose() {
      rows = undefined;
      filled = 0;
    },
  });
}

function newRows(size: number, parts: { dim: number; width: number; multiHot: boolean }): Rows {
  const { dim, width } = parts;
  return { ...parts, embeddings: new Float32Array(size * dim), known: new Int32Array(size * width) };
}

function readKnown(targets: Targets, rows: number): { known: Int32Array; width: number; multiHot: boolean } {
  if (areLabels(targets))
    return { known: readLabels(targets, { rows, owner: 'embeddingMemory' }), width: 1, multiHot: false };
  if ('multiHot' in targets) {
    const { data, classes } = readMultiHot(targets.multiHot, rows);
    return { known: Int32Array.from(data), width: classes, multiHot: true };
  }
  throw new NearkinError(
    'UNSUPPORTED',
    `Expected labels or multi-hot labels for a memory, got ${kindOf(targets)}: pairs with rows of earlier batches are not in it.`,
    { details: { targets: kindOf(targets) } },
  );
}

function readState(state: Readonly<Record<string, StateArray>>, size: number) {
  const { counters, embeddings, labels, multiHot } = state;
  const [next, steps] = counters?.data ?? [];
  if (next === undefined || steps === undefined || next >= size) throw unfit(size);
  if (!embeddings) return { rows: undefined, filled: 0, next, steps };
  const known = multiHot ?? labels;
  const [filled, dim] = embeddings.shape;
  const width = multiHot ? multiHot.shape[1] : 1;
  if (filled === undefined || dim === undefined || width === undefined || !known || filled > size) throw unfit(size);
  if (embeddings.data.length !== filled * dim || known.data.length !== filled * width) throw unfit(size);
  if (filled < size && next !== filled) throw unfit(size);
  const rows = newRows(size, { dim, width, multiHot: multiHot !== undefined });
  rows.embeddings.set(embeddings.data);
  rows.known.set(known.data);
  return { rows, filled, next, steps };
}

function unfit(size: number): NearkinError {
  return new NearkinError(
    'INVALID_ARGUMENT',
    `Expected the state of a memory of ${size} rows; was it saved with another size?`,
    { details: { size } },
  );
}
