import { scalar } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkDualLoss } from '../../test/check-dual-loss.js';
import { differentiate, dotOf, meanOf, noiseRows, sumOf, tensorOf, unitOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { clipLoss } from './clip-loss.js';

beforeAll(() => startBackend('cpu'));

const images = noiseRows(4, 5, 7);
const texts = noiseRows(4, 5, 8);

function crossEntropy(logits: number[], wanted: number[]): number {
  const total = Math.log(sumOf(logits.map(Math.exp)));
  return meanOf(wanted.map((i) => total - logits[i]!));
}

function formula(i: number[][], t: number[][], logScale: number, belongs: (image: number, text: number) => boolean) {
  const logits = i.map((image) => t.map((text) => Math.exp(logScale) * dotOf(image, text)));
  const pick = (list: unknown[], test: (n: number) => boolean) => list.map((_, n) => n).filter(test);
  const rows = logits.map((line, image) => ({ line, wanted: pick(t, (text) => belongs(image, text)) }));
  const columns = t.map((_, text) => ({
    line: logits.map((line) => line[text]!),
    wanted: pick(i, (image) => belongs(image, text)),
  }));
  const side = (lines: typeof rows) =>
    meanOf(lines.filter(({ wanted }) => wanted.length > 0).map(({ line, wanted }) => crossEntropy(line, wanted)));
  return (side(rows) + side(columns)) / 2;
}

describe('clipLoss', () => {
  it('is the formula of pairs', () =>
    checkDualLoss({
      make: () => clipLoss(),
      images,
      texts,
      formula: (i, t, [logScale]) => formula(i, t, logScale![0]!, (image, text) => image === text),
    }));

  it('is the formula of several captions, a picture twice and one without', () => {
    const imageIds = [7, 9, 7, 3];
    const textIds = [9, 7, 9, 7, 7];
    return checkDualLoss({
      make: () => clipLoss({ logScale: 1, normalize: true }),
      images,
      texts: noiseRows(5, 5, 9),
      matches: { imageIds, textIds },
      formula: (i, t, [logScale]) =>
        formula(i.map(unitOf), t.map(unitOf), logScale![0]!, (image, text) => imageIds[image] === textIds[text]),
    });
  });

  it('has the numbers worked by hand', () => {
    const corner = [
      [1, 0],
      [0, 1],
    ];
    const loss = clipLoss({ logScale: 0 });
    const { value, weights } = differentiate(loss.weights, [corner, corner], ([i, t]) => loss.compute(i!, t!));
    expect(value).toBeCloseTo(Math.log(1 + Math.exp(-1)), 6);
    // d/dlogScale = sum of logit x (probability - target) / rows = -(1 - p).
    expect(weights[0]![0]).toBeCloseTo(-1 / (1 + Math.E), 6);
    loss.dispose();
  });

  it('keeps the scale within its bounds', () => {
    const loss = clipLoss();
    const value = () => loss.compute(tensorOf(images), tensorOf(texts)).dataSync()[0]!;
    const { variable } = loss.weights[0]!;
    expect(variable.dataSync()[0]).toBeCloseTo(Math.log(1 / 0.07), 6);
    variable.assign(scalar(9));
    const outside = value();
    loss.afterStep();
    expect(variable.dataSync()[0]).toBeCloseTo(Math.log(100), 6);
    expect(value()).toBeCloseTo(outside, 5);
    variable.assign(scalar(-1));
    loss.afterStep();
    expect(variable.dataSync()[0]).toBe(0);
    loss.dispose();
  });

  it('names what came', () => {
    const loss = clipLoss();
    const compute = (i: number[][], t: number[][], matches = {}) => loss.compute(tensorOf(i), tensorOf(t), matches);
    expect(() => compute(images, texts.slice(0, 2), { textIds: [0, 8] })).toThrow(/number 8 of text 1/);
    expect(() => compute(images.slice(0, 2), texts)).toThrow(/textIds/);
    expect(() => compute(images, noiseRows(4, 3, 1))).toThrow(expect.objectContaining({ code: 'DIMENSION_MISMATCH' }));
    expect(() => compute([[Number.NaN]], [[1]])).toThrow(expect.objectContaining({ code: 'NON_FINITE' }));
    expect(() => clipLoss({ logScale: 5 })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    loss.dispose();
  });
});
