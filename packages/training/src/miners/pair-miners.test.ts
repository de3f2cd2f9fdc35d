import { beforeAll, describe, expect, it } from 'vitest';
import { cosineOf, lengthOf, noiseRows, others, tensorOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { tripletLoss } from '../losses/triplet-loss.js';
import { allMiner } from './all-miner.js';
import type { Miner } from './miner.js';
import { multiSimilarityMiner } from './multi-similarity-miner.js';
import { pairMarginMiner } from './pair-margin-miner.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 1, 0, 2, 1, 0, 3, 1];
const rows = noiseRows(8, 3, 42);
const tied = rows.map((row) => row.map((x) => Math.round(x) + 0.5));

function mine(miner: Miner, x: number[][], targets = labels) {
  const embeddings = tensorOf(x);
  const mined = miner.mine(embeddings, targets);
  embeddings.dispose();
  if (mined.kind !== 'pairs') throw new Error('expected pairs');
  const [positives, negatives] = [mined.positives, mined.negatives].map(({ anchors, others }) =>
    Array.from(anchors, (a, i) => [a, others[i]!]),
  );
  return { positives, negatives, dropped: mined.dropped, mined };
}
const pairs = (same: boolean, keep: (a: number, b: number) => boolean) =>
  labels.flatMap((label, a) =>
    others(8, a)
      .filter((b) => (label === labels[b]) === same && keep(a, b))
      .map((b) => [a, b]),
  );

describe.each([
  ['noise', rows],
  ['ties', tied],
])('miners of pairs, %s', (_, x) => {
  it('all: every pair, of which triplet losses make every triplet', () => {
    const { positives, negatives, dropped, mined } = mine(allMiner(), x);
    expect({ positives, negatives, dropped }).toEqual({
      positives: pairs(true, () => true),
      negatives: pairs(false, () => true),
      dropped: 0,
    });
    const loss = tripletLoss({ reduction: 'none' });
    expect(termsOf(loss, x, labels, { mined })).toEqual(termsOf(loss, x, labels));
  });

  it('multi-similarity: pairs within epsilon of the hardest of the other kind', () => {
    const s = (a: number, b: number) => cosineOf(x[a]!, x[b]!);
    const of = (a: number, same: boolean) =>
      others(8, a)
        .filter((b) => (labels[a] === labels[b]) === same)
        .map((b) => s(a, b));
    const wanted = {
      positives: pairs(true, (a, p) => s(a, p) < Math.max(...of(a, false)) + 0.1),
      negatives: pairs(false, (a, n) => of(a, true).length > 0 && s(a, n) > Math.min(...of(a, true)) - 0.1),
    };
    expect(mine(multiSimilarityMiner(), x)).toMatchObject(wanted);
    expect(wanted.negatives.length).toBeGreaterThan(0);
  });

  it('pair margin: positives beyond one distance, negatives within another', () => {
    const d = (a: number, b: number) => lengthOf(x[a]!, x[b]!);
    expect(mine(pairMarginMiner({ posMargin: 0.6, negMargin: 1.1 }), x)).toMatchObject({
      positives: pairs(true, (a, p) => d(a, p) > 0.6),
      negatives: pairs(false, (a, n) => d(a, n) < 1.1),
      dropped: 0,
    });
  });
});

describe('miners of pairs', () => {
  it('know poor batches', () => {
    for (const miner of [allMiner(), multiSimilarityMiner(), pairMarginMiner()]) {
      expect(mine(miner, [], [])).toMatchObject({ positives: [], negatives: [], dropped: 0 });
      expect(mine(miner, [[1]], [0])).toMatchObject({ positives: [], negatives: [], dropped: 0 });
    }
    // No negatives: no positive is hard for want of one.
    expect(mine(multiSimilarityMiner(), [[1], [2]], [0, 0])).toMatchObject({
      positives: [],
      negatives: [],
      dropped: 2,
    });
    expect(mine(multiSimilarityMiner(), [[1], [2]], [0, 1])).toMatchObject({
      positives: [],
      negatives: [],
      dropped: 0,
    });
  });
});
