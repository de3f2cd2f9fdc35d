import { memory as tensors, tidy } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { lengthOf, lossAndGradients, meanOf, noiseRows, tensorOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { contrastiveLoss } from '../losses/contrastive-loss.js';
import { normalizedSoftmaxLoss } from '../losses/normalized-softmax-loss.js';
import { supConLoss } from '../losses/sup-con-loss.js';
import { tripletLoss } from '../losses/triplet-loss.js';
import { batchHardMiner } from '../miners/batch-hard-miner.js';
import { crossBatchMemory } from './cross-batch-memory.js';
import { embeddingMemory } from './embedding-memory.js';

beforeAll(() => startBackend('cpu'));

const rows = noiseRows(24, 3, 60);
const labels = rows.map((_, i) => (i * 7) % 3);
const batches = [0, 1, 2, 3, 4, 5].map((b) => ({
  rows: rows.slice(b * 4, b * 4 + 4),
  labels: labels.slice(b * 4, b * 4 + 4),
}));

/** The sum of hinges of the rows from `start` with all remembered rows but themselves. */
function brute(start: number, remembered: readonly number[]): number {
  let sum = 0;
  for (let a = start; a < start + 4; a++)
    for (const b of remembered) {
      if (a === b) continue;
      const d = lengthOf(rows[a]!, rows[b]!);
      sum += labels[a] === labels[b] ? d : Math.max(0, 2 - d);
    }
  return sum;
}
const make = (options = {}) =>
  crossBatchMemory(contrastiveLoss({ negMargin: 2, reduction: 'sum' }), { size: 10, ...options });

describe('crossBatchMemory', () => {
  it('takes a batch in, then compares it with the last rows but its own copies', () => {
    const loss = make();
    const before = tensors().numTensors;
    batches.forEach((batch, b) => {
      const end = b * 4 + 4;
      const remembered = rows.map((_, i) => i).slice(Math.max(0, end - 10), end);
      expect(termsOf(loss, batch.rows, batch.labels)[0]).toBeCloseTo(brute(b * 4, remembered), 4);
    });
    expect(tensors().numTensors).toBe(before);
    loss.dispose();
  });

  it('compares a batch with itself while it warms up, and remembers it', () => {
    const loss = make({ warmupSteps: 2 });
    const own = (b: number) => [0, 1, 2, 3].map((i) => b * 4 + i);
    const values = batches.slice(0, 3).map((batch) => termsOf(loss, batch.rows, batch.labels)[0]!);
    expect(values[0]).toBeCloseTo(brute(0, own(0)), 4);
    expect(values[1]).toBeCloseTo(brute(4, own(1)), 4);
    expect(values[2]).toBeCloseTo(brute(8, [2, 3, ...own(1), ...own(2)]), 4);
  });

  it('lets no gradient into the memory', () => {
    const loss = make();
    termsOf(loss, batches[0]!.rows, batches[0]!.labels);
    const { gradients } = lossAndGradients(loss, batches[1]!.rows, batches[1]!.labels);
    const slope = (row: number, c: number) => {
      const moved = (by: number) => {
        const at = (i: number) => (i === row ? rows[i]!.map((x, k) => (k === c ? x + by : x)) : rows[i]!);
        // The memory holds the row as it was, so only the anchor moves.
        return [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, b) => {
          if (b === row) return sum;
          const d = lengthOf(at(row), rows[b]!);
          return sum + (labels[row] === labels[b] ? d : Math.max(0, 2 - d));
        }, 0);
      };
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    };
    const wanted = [4, 5, 6, 7].flatMap((row) => [0, 1, 2].map((c) => slope(row, c)));
    expect(gradients[0]).toEqual(wanted.map((x) => expect.closeTo(x, 4)));
  });

  it('goes on after save and restore as it would have', () => {
    for (const at of [0, 1, 4]) {
      const [whole, first, second] = [make({ warmupSteps: 3 }), make({ warmupSteps: 3 }), make({ warmupSteps: 3 })];
      const run = (loss: typeof whole, from: number, to: number) =>
        batches.slice(from, to).map((batch) => termsOf(loss, batch.rows, batch.labels)[0]);
      const wanted = run(whole, 0, 6);
      run(first, 0, at);
      const saved = structuredClone(first.state!.save());
      run(first, at, 6);
      second.state!.restore(saved);
      expect(run(second, at, 6)).toEqual(wanted.slice(at));
    }
  });

  it('mines in the memory', () => {
    const loss = crossBatchMemory(tripletLoss({ margin: 1 }), { size: 8, miner: batchHardMiner() });
    const line = (values: number[]) => values.map((x) => [x]);
    termsOf(loss, line([0, 5]), [0, 1]);
    // 1: positive 0 at 1, negatives 5 at 4 and 4 at 3. 4: positive 5 at 1, negatives 0 at 4 and 1 at 3.
    expect(termsOf(loss, line([1, 4]), [0, 1])).toEqual([0]);
    // 3: positives 0 and 1 at 3 and 2, negatives 5 and 4 at 2 and 1: 3 - 1 + 1.
    expect(termsOf(loss, line([3]), [0])).toEqual([3]);
  });

  it('keeps multi-hot labels', () => {
    const loss = crossBatchMemory(supConLoss(), { size: 8 });
    const plain = crossBatchMemory(supConLoss(), { size: 8 });
    for (const batch of batches) {
      const multiHot = batch.labels.map((label) => [0, 1, 2].map((c) => Number(c === label)));
      expect(termsOf(loss, batch.rows, { multiHot })).toEqual(termsOf(plain, batch.rows, batch.labels));
    }
    const again = crossBatchMemory(supConLoss(), { size: 8 });
    again.state!.restore(loss.state!.save());
    expect(again.state!.save()).toEqual(loss.state!.save());
  });

  it('names what came', () => {
    const loss = make();
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => termsOf(loss, rows, labels)).toThrow(code('INVALID_ARGUMENT'));
    expect(() => termsOf(loss, [[1]], { positivePairs: [], negativePairs: [] })).toThrow(code('UNSUPPORTED'));
    const mined = {
      kind: 'triplets',
      anchors: new Int32Array(0),
      positives: new Int32Array(0),
      negatives: new Int32Array(0),
      dropped: 0,
    } as const;
    expect(() => termsOf(loss, [[1]], [0], { mined })).toThrow(/Give the miner/);
    termsOf(loss, [[1, 2]], [0]);
    expect(() => termsOf(loss, [[1]], [0])).toThrow(code('DIMENSION_MISMATCH'));
    expect(() => termsOf(loss, [[1, 2]], { multiHot: [[1]] })).toThrow(code('DIMENSION_MISMATCH'));
    expect(() => make({ size: 0 })).toThrow(code('INVALID_ARGUMENT'));
    expect(() => make({ size: 5 }).state!.restore({})).toThrow(code('INVALID_ARGUMENT'));
    const full = make();
    for (const batch of batches) termsOf(full, batch.rows, batch.labels);
    expect(() => make({ size: 5 }).state!.restore(full.state!.save())).toThrow(/another size/);
    const softmax = crossBatchMemory(normalizedSoftmaxLoss({ classes: 2, dim: 1 }), { size: 5 });
    expect(() => termsOf(softmax, [[1]], [0])).toThrow(code('UNSUPPORTED'));
    expect(() => crossBatchMemory(make(), { size: 5 })).toThrow(code('UNSUPPORTED'));
  });
});

describe('embeddingMemory', () => {
  it('marks the copies of the batch', () => {
    const memory = embeddingMemory({ size: 3 });
    const turn = (x: number[][], own: number[]) =>
      tidy(() => {
        const { embeddings, targets, copyOf } = memory.next(tensorOf(x), own)!;
        return { rows: Array.from(embeddings.dataSync()), targets, copyOf } as never;
      });
    expect(turn([[1], [2]], [5, 6])).toEqual({
      rows: [1, 2],
      targets: Int32Array.of(5, 6),
      copyOf: Int32Array.of(0, 1),
    });
    expect(turn([[3], [4]], [7, 8])).toEqual({
      rows: [4, 2, 3],
      targets: Int32Array.of(8, 6, 7),
      copyOf: Int32Array.of(1, -1, 0),
    });
    expect(meanOf(Array.from(memory.save()['counters']!.data))).toBe(1.5);
  });
});
