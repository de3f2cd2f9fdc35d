import { beforeAll, describe, expect, it } from 'vitest';
import { checkDualLoss } from '../../test/check-dual-loss.js';
import { dotOf, noiseRows, sumOf, tensorOf, unitOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { softTargetDualEncoderLoss } from './soft-target-dual-encoder-loss.js';

beforeAll(() => startBackend('cpu'));

type Rows = number[][];
const images = noiseRows(4, 3, 21);
const texts = noiseRows(4, 3, 22);
const products = (a: Rows, b: Rows) => a.map((x) => b.map((y) => dotOf(x, y)));
const softmax = (line: number[]) => line.map((x) => Math.exp(x) / sumOf(line.map(Math.exp)));
const turn = (m: Rows) => m[0]!.map((_, j) => m.map((line) => line[j]!));

function targetsOf(i: Rows, t: Rows, temperature: number): Rows {
  const [alike, same] = [products(t, t), products(i, i)];
  return alike.map((line, r) => softmax(line.map((x, c) => (x + same[r]![c]!) / (2 * temperature))));
}
function crossEntropies(logits: Rows, wanted: Rows): number {
  const cost = logits.map((line, r) => {
    const total = Math.log(sumOf(line.map(Math.exp)));
    return sumOf(line.map((x, c) => wanted[r]![c]! * (total - x)));
  });
  return sumOf(cost) / logits.length;
}
function formula(i: Rows, t: Rows, temperature: number, wanted: Rows, imageWanted: Rows): number {
  const logits = products(t, i).map((line) => line.map((x) => x / temperature));
  return (crossEntropies(logits, wanted) + crossEntropies(turn(logits), imageWanted)) / 2;
}

describe('softTargetDualEncoderLoss', () => {
  it('is the formula of the source, targets with gradients', () =>
    checkDualLoss({
      make: () => softTargetDualEncoderLoss({ temperature: 0.5 }),
      images,
      texts,
      formula: (i, t) => {
        const wanted = targetsOf(i, t, 0.5);
        return formula(i, t, 0.5, wanted, turn(wanted));
      },
    }));

  it('is the formula with targets held still, each direction with a softmax of its own', () => {
    const wanted = targetsOf(images, texts, 0.5);
    return checkDualLoss({
      make: () => softTargetDualEncoderLoss({ temperature: 0.5, targetGradients: false, imageTargets: 'softmax' }),
      images,
      texts,
      formula: (i, t) => formula(i, t, 0.5, wanted, wanted),
    });
  });

  it('is the formula of own softmaxes with gradients, of unit rows, several captions', () => {
    const textIds = [1, 0, 1, 0];
    return checkDualLoss({
      make: () => softTargetDualEncoderLoss({ temperature: 0.4, imageTargets: 'softmax', normalize: true }),
      images: images.slice(0, 2),
      texts,
      matches: { textIds },
      formula: (i, t) => {
        const [pictures, lines] = [textIds.map((id) => unitOf(i[id]!)), t.map(unitOf)];
        const wanted = targetsOf(pictures, lines, 0.4);
        return formula(pictures, lines, 0.4, wanted, wanted);
      },
    });
  });

  it('has the numbers worked by hand', () => {
    const corner = tensorOf([
      [1, 0],
      [0, 1],
    ]);
    const value = softTargetDualEncoderLoss({ temperature: 1 }).compute(corner, corner).dataSync()[0];
    // Logits and targets are both softmax of (1, 0): the entropy of (e, 1) / (e + 1).
    const p = Math.E / (Math.E + 1);
    expect(value).toBeCloseTo(-p * Math.log(p) - (1 - p) * Math.log(1 - p), 6);
  });

  it('is finite at its default temperature with long rows', () => {
    const long = tensorOf([
      [100, 0],
      [0, -100],
      [90, 3],
    ]);
    expect(softTargetDualEncoderLoss().compute(long, long).dataSync()[0]).toBeGreaterThanOrEqual(0);
  });
});
