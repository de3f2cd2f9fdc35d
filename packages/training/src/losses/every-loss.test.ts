import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  checkLoss,
  cosineOf,
  lengthOf,
  lossAndGradients,
  meanOf,
  noiseRows,
  others,
  sumOf,
  tensorOf,
  termsOf,
} from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { arcFaceLoss } from './arc-face-loss.js';
import { circleLoss } from './circle-loss.js';
import { contrastiveLoss } from './contrastive-loss.js';
import { cosFaceLoss } from './cos-face-loss.js';
import type { Loss } from './loss.js';
import { marginLoss } from './margin-loss.js';
import { multiSimilarityLoss } from './multi-similarity-loss.js';
import { nPairsLoss } from './n-pairs-loss.js';
import { normalizedSoftmaxLoss } from './normalized-softmax-loss.js';
import { ntXentLoss } from './nt-xent-loss.js';
import { proxyAnchorLoss } from './proxy-anchor-loss.js';
import { rangeLoss } from './range-loss.js';
import { supConLoss } from './sup-con-loss.js';
import type { Targets } from './targets.js';
import { tripletLoss } from './triplet-loss.js';

const pairLosses: [string, () => Loss][] = [
  ['contrastive', () => contrastiveLoss()],
  ['contrastive of Hadsell', () => contrastiveLoss({ form: 'hadsell' })],
  ['triplet', () => tripletLoss({ margin: 0.7 })],
  ['soft triplet', () => tripletLoss({ soft: true, distance: 'squaredEuclidean' })],
  ['triplet of manhattan', () => tripletLoss({ distance: 'manhattan' })],
  ['margin', () => marginLoss({ learnable: true })],
  ['multi-similarity', () => multiSimilarityLoss()],
  ['NT-Xent', () => ntXentLoss()],
  ['supervised contrastive', () => supConLoss()],
  ['circle', () => circleLoss()],
];
const classOptions = { classes: 4, dim: 2 };
const labelLosses: [string, () => Loss][] = [
  ['range', () => rangeLoss()],
  ['N-pairs', () => nPairsLoss()],
  ['normalised softmax', () => normalizedSoftmaxLoss(classOptions)],
  ['ArcFace', () => arcFaceLoss(classOptions)],
  ['CosFace', () => cosFaceLoss(classOptions)],
  ['proxy anchor', () => proxyAnchorLoss(classOptions)],
];
const labels = [0, 1, 0, 2, 1, 0, 3];
const related = (same: boolean) =>
  labels.flatMap((a, i) =>
    others(7, i).flatMap((j): [number, number][] => ((a === labels[j]) === same ? [[i, j]] : [])),
  );
const mask = (same: boolean) => ({
  data: Uint8Array.from({ length: 49 }, (_, i) => Number((labels[Math.floor(i / 7)] === labels[i % 7]) === same)),
  rows: 7,
  columns: 7,
});
const half = (pairs: [number, number][]) => pairs.filter(([a, b]) => a < b);

beforeAll(() => startBackend('cpu'));

describe.each(pairLosses)('%s loss', (_, make) => {
  const rows = noiseRows(7, 4, 30);

  it.each<[string, Targets]>([
    ['an Int32Array', Int32Array.from(labels)],
    ['multi-hot labels', { multiHot: labels.map((label) => [0, 1, 2, 3].map((c) => Number(c === label))) }],
    ['a mask', { positives: mask(true) }],
    ['two masks', { positives: { ...mask(true) }, negatives: mask(false) }],
    ['lists in both orders', { positivePairs: related(true), negativePairs: related(false) }],
    ['lists in one order', { positivePairs: half(related(true)), negativePairs: half(related(false)) }],
  ])('is the same through %s', (_, targets) => {
    const loss = make();
    expect(lossAndGradients(loss, rows, targets)).toEqual(lossAndGradients(loss, rows, labels));
    loss.dispose();
  });

  it('looks at listed pairs only', () => {
    const loss = make();
    const few: Targets = { positivePairs: [[0, 2]], negativePairs: [[0, 1]] };
    const { gradients } = lossAndGradients(loss, rows, few);
    expect(gradients[0]!.slice(12)).toEqual(new Array(16).fill(0));
    loss.dispose();
  });

  it('compares with a reference less its own copies', () => {
    const loss = make();
    const alone = lossAndGradients(loss, rows, labels).value;
    const embeddings = tensorOf([...rows].reverse());
    const reference = { embeddings, targets: [...labels].reverse(), copyOf: Int32Array.of(6, 5, 4, 3, 2, 1, 0) };
    const wanted = loss.name === 'contrastiveLoss' ? expect.closeTo(alone, 5) : expect.closeTo(alone, 6);
    expect(lossAndGradients(loss, rows, labels, { reference }).value).toEqual(wanted);
    embeddings.dispose();
    loss.dispose();
  });

  it('is 0 with zero gradients where there is no pair', () => {
    const loss = make();
    for (const targets of [{ positivePairs: [], negativePairs: [] }, []] as Targets[]) {
      const { value, gradients } = lossAndGradients(loss, Array.isArray(targets) ? [] : rows, targets);
      expect(value).toBe(0);
      expect(gradients[0]!.every((slope) => slope === 0)).toBe(true);
    }
    loss.dispose();
  });

  it('names what came', () => {
    const loss = make();
    const fails = (code: string, x: number[][], targets: unknown, options = {}) =>
      expect(() => termsOf(loss, x, targets as Targets, options)).toThrow(expect.objectContaining({ code }));
    fails('NON_FINITE', [[1], [Number.NaN]], [0, 0]);
    fails('NON_FINITE', [[1], [Number.POSITIVE_INFINITY]], [0, 0]);
    fails('DIMENSION_MISMATCH', rows, [0, 1]);
    fails('DIMENSION_MISMATCH', rows, { positives: { data: new Uint8Array(4), rows: 2, columns: 2 } });
    fails('UNKNOWN_LABEL', rows, [0, 1, 2, 3, 4, 5, -1]);
    fails('UNKNOWN_LABEL', rows, [0, 1, 2, 3, 4, 5, 0.5]);
    fails('INVALID_ARGUMENT', rows, undefined);
    fails('INVALID_ARGUMENT', rows, { positivePairs: [[0, 7]], negativePairs: [] });
    fails('INVALID_ARGUMENT', rows, { positivePairs: [[0, 1]], negativePairs: [[1, 0]] });
    const mined = { kind: 'triplets', anchors: [0], positives: [1], negatives: [9], dropped: 0 };
    fails('INVALID_ARGUMENT', rows, labels, { mined });
    loss.dispose();
  });
});

describe.each([...pairLosses, ...labelLosses])('%s loss of a poor batch', (name, make) => {
  const scaled = (by: number) => noiseRows(4, 2, 31).map((row) => row.map((x) => Math.fround(x * by)));
  beforeEach(() => startBackend('cpu'));

  it.each<[string, number[][], number[]]>([
    [
      'identical rows',
      [
        [1, 2],
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      [0, 0, 1, 1],
    ],
    [
      'zero rows',
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      [0, 0, 1, 1],
    ],
    [
      'opposite rows',
      [
        [1, 0],
        [-1, 0],
        [1, 0],
        [-1, 0],
      ],
      [0, 0, 1, 1],
    ],
    ['one class', scaled(1), [2, 2, 2, 2]],
    ['a row of each class', scaled(1), [0, 1, 2, 3]],
    ['one row', scaled(1).slice(0, 1), [1]],
    [
      'ties',
      [
        [1, 0],
        [0, 1],
        [1, 0],
        [0, 1],
      ],
      [0, 0, 1, 1],
    ],
    ['tiny rows', scaled(1e-30), [0, 1, 0, 1]],
    ['large rows', scaled(1e3), [0, 1, 0, 1]],
  ])('is finite with %s', async (_, rows, targets) => {
    for (const backend of ['cpu', 'wasm'] as const) {
      await startBackend(backend);
      const loss = make();
      const { value, gradients, weights } = lossAndGradients(loss, rows, targets);
      expect(value).toBeGreaterThanOrEqual(0);
      // Scaled by 1e30 the direction of a tiny row may well turn: its gradient is large, but a number.
      for (const slope of [...gradients.flat(), ...weights.flat(), value]) expect(slope).toSatisfy(Number.isFinite);
      loss.dispose();
    }
  });

  it('refuses an option it does not know', () => {
    const factories: Record<string, (options: never) => Loss> = { contrastive: contrastiveLoss, range: rangeLoss };
    const factory = factories[name];
    if (factory)
      expect(() => factory({ margn: 1 } as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('a reference', () => {
  const rows = noiseRows(4, 3, 32);
  const memory = noiseRows(5, 3, 33);
  const own = [0, 1, 0, 2];
  const theirs = [0, 0, 1, 2, 1];
  const copyOf = Int32Array.of(-1, 2, 1, -1, -1);
  const seen = (i: number) => theirs.map((_, j) => j).filter((j) => copyOf[j] !== i);
  const reference = () => ({ reference: { embeddings: tensorOf(memory), targets: theirs, copyOf } });

  it('gives no gradient: contrastive loss', () =>
    checkLoss({
      make: () => contrastiveLoss({ negMargin: 2, reduction: 'sum' }),
      rows,
      targets: own,
      options: reference,
      formula: (x) =>
        sumOf(
          x.flatMap((a, i) =>
            seen(i).map((j) => {
              const d = lengthOf(a, memory[j]!);
              return own[i] === theirs[j] ? d : Math.max(0, 2 - d);
            }),
          ),
        ),
    }));

  it('gives no gradient: supervised contrastive loss', () =>
    checkLoss({
      make: () => supConLoss({ temperature: 0.3 }),
      rows,
      targets: own,
      options: reference,
      formula: (x) => {
        const terms = x.map((a, i) => {
          const logit = (j: number) => cosineOf(a, memory[j]!) / 0.3;
          const total = Math.log(sumOf(seen(i).map((j) => Math.exp(logit(j)))));
          const positives = seen(i).filter((j) => theirs[j] === own[i]);
          return positives.length > 0 ? meanOf(positives.map((j) => total - logit(j))) : undefined;
        });
        return meanOf(terms.filter((term) => term !== undefined));
      },
    }));

  it('is refused where it makes no sense', () => {
    for (const make of [() => tripletLoss({ swap: true }), ...labelLosses.map(([, make]) => make)]) {
      const loss = make();
      const { reference: given } = reference();
      expect(() => termsOf(loss, rows, own, { reference: given })).toThrow(
        expect.objectContaining({ code: 'UNSUPPORTED' }),
      );
      loss.dispose();
    }
    const loss = supConLoss();
    const { reference: given } = reference();
    expect(() => termsOf(loss, rows, { multiHot: [[1], [1], [1], [1]] }, { reference: given })).toThrow(/reference/);
    expect(() => termsOf(loss, noiseRows(4, 2, 1), own, { reference: given })).toThrow(/dimension/);
  });
});
