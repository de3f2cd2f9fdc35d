import { beforeAll, describe, expect, it } from 'vitest';
import { lengthOf, meanOf, noiseRows, tensorOf, unitOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import type { Targets } from '../losses/targets.js';
import { batchHardMiner } from './batch-hard-miner.js';
import { easyMiner } from './easy-miner.js';
import { easyPositiveSemiHardMiner } from './easy-positive-semi-hard-miner.js';
import { hardMiner } from './hard-miner.js';
import type { Miner } from './miner.js';
import { nearestFartherNegativeMiner } from './nearest-farther-negative-miner.js';
import { semiHardMiner } from './semi-hard-miner.js';

beforeAll(() => startBackend('cpu'));

type Triplet = [anchor: number, positive: number, negative: number];
const labels = [0, 1, 0, 2, 1, 0, 3, 1, 0, 2];
const rows = noiseRows(10, 3, 40);
/** Rows on a coarse grid, so that distances tie. */
const tied = rows.map((row) => row.map((x) => Math.round(x)));

function mine(miner: Miner, x: number[][], targets: Targets = labels, options: Parameters<Miner['mine']>[2] = {}) {
  const embeddings = tensorOf(x);
  const mined = miner.mine(embeddings, targets, options);
  embeddings.dispose();
  if (mined.kind !== 'triplets') throw new Error('expected triplets');
  const triplets = Array.from(mined.anchors, (a, i): Triplet => [a, mined.positives[i]!, mined.negatives[i]!]);
  return { triplets, dropped: mined.dropped };
}

/** Every triplet there is, one loop in the other. */
function everyTriplet(x: number[][], measure: (a: number[], b: number[]) => number = lengthOf) {
  const found: { triplet: Triplet; near: number; far: number }[] = [];
  for (let a = 0; a < x.length; a++)
    for (let p = 0; p < x.length; p++)
      for (let n = 0; n < x.length; n++)
        if (a !== p && labels[a] === labels[p] && labels[a] !== labels[n])
          found.push({ triplet: [a, p, n], near: measure(x[a]!, x[p]!), far: measure(x[a]!, x[n]!) });
  return found;
}
const listed = (found: ReturnType<typeof everyTriplet>) => found.map(({ triplet }) => triplet);
const positivePairs = 4 * 3 + 3 * 2 + 2;

describe.each([
  ['noise', rows],
  ['ties', tied],
])('miners of triplets, %s', (_, x) => {
  it.each<[string, (options: object) => Miner, (near: number, far: number) => boolean]>([
    ['hard', (options) => hardMiner(options), (near, far) => far < near],
    [
      'semi-hard',
      (options) => semiHardMiner({ margin: 0.5, ...options }),
      (near, far) => near < far && far < near + 0.5,
    ],
    ['easy', (options) => easyMiner({ margin: 0.5, ...options }), (near, far) => far >= near + 0.5],
  ])('%s: all that fit, the nearest, or one at random', (_, make, fits) => {
    const fitting = everyTriplet(x).filter(({ near, far }) => fits(near, far));
    const { triplets, dropped } = mine(make({}), x);
    expect(triplets).toEqual(listed(fitting));
    expect(fitting.length).toBeGreaterThan(0);
    const pairs = new Set(fitting.map(({ triplet: [a, p] }) => `${a} ${p}`));
    expect(dropped).toBe(positivePairs - pairs.size);

    const nearest = [...pairs].map((pair) => {
      const own = fitting.filter(({ triplet: [a, p] }) => `${a} ${p}` === pair);
      return own.reduce((best, other) => (other.far < best.far ? other : best)).triplet;
    });
    expect(mine(make({ negatives: 'nearest' }), x).triplets).toEqual(nearest);

    const random = mine(make({ negatives: 'random' }), x, labels, { seed: 3 });
    expect(random.triplets.map(([a, p]) => `${a} ${p}`)).toEqual([...pairs]);
    for (const triplet of random.triplets) expect(listed(fitting)).toContainEqual(triplet);
    expect(mine(make({ negatives: 'random' }), x, labels, { seed: 3 })).toEqual(random);
  });

  it('batch hard: the farthest positive and the nearest negative of each anchor', () => {
    const wanted = labels.flatMap((_, a): Triplet[] => {
      const own = everyTriplet(x).filter(({ triplet }) => triplet[0] === a);
      if (own.length === 0) return [];
      const positive = own.reduce((best, other) => (other.near > best.near ? other : best)).triplet[1];
      const negative = own.reduce((best, other) => (other.far < best.far ? other : best)).triplet[2];
      return [[a, positive, negative]];
    });
    expect(mine(batchHardMiner(), x)).toEqual({ triplets: wanted, dropped: 0 });
  });

  it('easy positive, semi-hard negative', () => {
    let dropped = 0;
    const wanted = labels.flatMap((_, a): Triplet[] => {
      const own = everyTriplet(x).filter(({ triplet }) => triplet[0] === a);
      if (own.length === 0) return [];
      const { near, triplet } = own.reduce((best, other) => (other.near < best.near ? other : best));
      const farther = own.filter(({ far, triplet: [, p] }) => p === triplet[1] && far > near);
      if (farther.length === 0) dropped++;
      return farther.length === 0
        ? []
        : [farther.reduce((best, other) => (other.far < best.far ? other : best)).triplet];
    });
    expect(mine(easyPositiveSemiHardMiner(), x)).toEqual({ triplets: wanted, dropped });
  });

  it('nearest farther negative, else the farthest', () => {
    const pairs = new Map<string, ReturnType<typeof everyTriplet>>();
    for (const one of everyTriplet(x)) {
      const key = `${one.triplet[0]} ${one.triplet[1]}`;
      pairs.set(key, [...(pairs.get(key) ?? []), one]);
    }
    const wanted = [...pairs.values()].map((own) => {
      const farther = own.filter(({ near, far }) => far > near);
      if (farther.length > 0) return farther.reduce((best, other) => (other.far < best.far ? other : best)).triplet;
      return own.reduce((best, other) => (other.far > best.far ? other : best)).triplet;
    });
    expect(mine(nearestFartherNegativeMiner(), x)).toEqual({ triplets: wanted, dropped: 0 });
  });
});

describe('miners of triplets', () => {
  const miners = [
    hardMiner(),
    semiHardMiner(),
    easyMiner(),
    batchHardMiner(),
    easyPositiveSemiHardMiner(),
    nearestFartherNegativeMiner(),
  ];

  it('measure as they are told', () => {
    const squared = (a: number[], b: number[]) => lengthOf(unitOf(a), unitOf(b)) ** 2;
    const fitting = everyTriplet(rows, squared).filter(({ near, far }) => near < far && far < near + 0.3);
    const miner = semiHardMiner({ margin: 0.3, distance: 'squaredEuclidean', normalize: true });
    expect(mine(miner, rows).triplets).toEqual(listed(fitting));
    expect(() => hardMiner({ margin: 1 } as never)).toThrow(/margin/);
  });

  it.each(miners.map((miner) => [miner.name, miner] as const))(
    '%s: rows of a reference, less the own copies',
    (_, miner) => {
      const own = mine(miner, rows);
      const embeddings = tensorOf([...rows].reverse());
      const copyOf = Int32Array.from(rows, (_, i) => 9 - i);
      const reference = { embeddings, targets: [...labels].reverse(), copyOf };
      const there = mine(miner, rows, labels, { reference });
      const turned = there.triplets.map(([a, p, n]) => [a, 9 - p, 9 - n].join());
      expect(turned.sort()).toEqual(own.triplets.map((triplet) => triplet.join()).sort());
      expect(there.dropped).toBe(own.dropped);
      embeddings.dispose();
    },
  );

  it.each(miners.map((miner) => [miner.name, miner] as const))('%s: poor batches', (_, miner) => {
    const none = { triplets: [], dropped: 0 };
    expect(mine(miner, [], [])).toEqual(none);
    expect(mine(miner, [[1]], [0])).toEqual(none);
    expect(mine(miner, [[1], [2]], [0, 1])).toEqual(none);
    // Two positives without a negative: two pairs, or two anchors, are dropped.
    expect(mine(miner, [[1], [2]], [5, 5])).toEqual({ triplets: [], dropped: 2 });
    expect(() => mine(miner, [[1], [Number.NaN]], [0, 0])).toThrow(expect.objectContaining({ code: 'NON_FINITE' }));
  });

  it('take a batch of a thousand', () => {
    const many = noiseRows(1000, 4, 41);
    const classes = many.map((_, i) => i % 250);
    const { triplets } = mine(semiHardMiner({ negatives: 'nearest' }), many, classes);
    expect(triplets.length).toBeGreaterThan(2000);
    expect(meanOf(triplets.map(([a, , n]) => Number(classes[a] !== classes[n])))).toBe(1);
  });
});
