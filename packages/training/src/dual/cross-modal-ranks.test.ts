import { createRng } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { crossModalRanks } from './cross-modal-ranks.js';

describe('crossModalRanks', () => {
  it('of a case by hand', () => {
    const images = { data: Float32Array.of(1, 0, 0, 1), dim: 2 };
    // The first two texts belong to the first picture; the second of them is nearer to the other one.
    const texts = { data: Float32Array.of(1, 0, 0.6, 0.8, 0, 1), dim: 2 };
    const ranks = crossModalRanks(images, texts, { imageOf: [0, 0, 1] });
    expect(ranks['textToImage/R@1']).toBeCloseTo(2 / 3);
    expect(ranks['textToImage/R@5']).toBe(1);
    expect(ranks['textToImage/medianRank']).toBe(1);
    expect(ranks['imageToText/R@1']).toBe(1);
  });

  it('loses ties', () => {
    const same = { data: new Float32Array(6).fill(1), dim: 2 };
    const ranks = crossModalRanks(same, same, { imageOf: [0, 1, 2] });
    expect(ranks['textToImage/R@1']).toBe(0);
    expect(ranks['imageToText/medianRank']).toBe(3);
  });

  it('agrees with sorting', () => {
    const rng = createRng(1);
    const random = (n: number) => ({ data: Float32Array.from({ length: n * 4 }, () => rng.normal()), dim: 4 });
    const [images, texts] = [random(30), random(60)];
    const imageOf = Array.from({ length: 60 }, (_, i) => i >> 1);
    const ranks = crossModalRanks(images, texts, { imageOf });
    const score = (image: number, text: number) => {
      let sum = 0;
      for (let i = 0; i < 4; i++) sum += images.data[image * 4 + i]! * texts.data[text * 4 + i]!;
      return sum;
    };
    const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
    const found = imageOf.filter((own, text) =>
      numbers(30)
        .sort((a, b) => score(b, text) - score(a, text))
        .slice(0, 5)
        .includes(own),
    );
    expect(ranks['textToImage/R@5']).toBeCloseTo(found.length / 60);
    const asked = numbers(30).filter((image) =>
      numbers(60)
        .sort((a, b) => score(image, b) - score(image, a))
        .slice(0, 10)
        .some((text) => imageOf[text] === image),
    );
    expect(ranks['imageToText/R@10']).toBeCloseTo(asked.length / 30);
  });
});
