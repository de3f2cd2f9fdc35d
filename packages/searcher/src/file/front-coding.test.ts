import { createRng } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { lengthenTexts, shortenTexts } from './front-coding.js';

const back = (texts: readonly string[], perBlock: number) =>
  Array.from({ length: Math.ceil(texts.length / perBlock) }, (_, block) =>
    lengthenTexts(shortenTexts(texts, perBlock).slice(block * perBlock, (block + 1) * perBlock), 'ids'),
  ).flat();

describe('front coding', () => {
  it('leaves out what a text shares with the one before, at both ends', () => {
    expect(shortenTexts(['photo-18.jpg', 'photo-19.jpg', 'photo-190.jpg', 'photo-190.jpg', 'x'], 64)).toEqual([
      '\0\0photo-18.jpg',
      '\u0007\u00049',
      '\u0008\u00040',
      '\u000d\0',
      '\0\0x',
    ]);
  });

  it('starts anew in every block', () => {
    const texts = ['aa', 'ab', 'ac', 'ad', 'ae'];
    expect(shortenTexts(texts, 2).filter((text) => text.startsWith('\0\0'))).toEqual(['\0\0aa', '\0\0ac', '\0\0ae']);
  });

  it('gives back any texts, and never cuts a character in two', () => {
    const rng = createRng(2);
    const letters = ['a', 'b', '', '🙂', '🙃', 'é', '日', '\0', 'x'.repeat(200)];
    const texts = Array.from({ length: 2000 }, () =>
      Array.from({ length: rng.integer(5) }, () => letters[rng.integer(letters.length)]).join(''),
    );
    for (const perBlock of [1, 3, 64]) expect(back(texts, perBlock)).toEqual(texts);
    for (const text of shortenTexts(texts, 64)) expect(text).not.toMatch(/\p{Surrogate}/u);
    // The same first half, and the same second half.
    expect(back(['🙂', '🙃'], 64)).toEqual(['🙂', '🙃']);
    expect(back(['\ud83d\ude42', '\ud83e\ude42'], 64)).toEqual(['\ud83d\ude42', '\ud83e\ude42']);
  });

  it('refuses what takes over more than there is, or says nothing', () => {
    for (const texts of [['\u0001\0a'], ['\0\0a', '\u0002\0b'], ['\0\0a', '\0\u0002'], [''], ['\0']])
      expect(() => lengthenTexts(texts, 'ids')).toThrowError(expect.objectContaining({ code: 'BAD_FORMAT' }));
  });
});
