import { describe, expect, test } from 'vitest';
import { murmur3 } from './murmur3.js';
import { hashTextFeatures, maxTextLength, textFeatures } from './text-features.js';

describe('murmur3', () => {
  // Values of SMHasher's MurmurHash3_x86_32.
  test.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['test', 0, 0xba6bd213],
    ['Hello, world!', 0, 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['abc', 0, 0xb3dd93fa],
    ['ππππππππ', 0x9747b28c, 0xd58063c1],
  ])('of %j with seed %i', (text, seed, expected) => {
    expect(murmur3(text, seed)).toBe(expected);
  });
});

describe('textFeatures', () => {
  test('whole words and their n-grams', () => {
    expect(textFeatures('A cat')).toEqual(['=a', '<a>', '=cat', '<ca', 'cat', 'at>', '<cat', 'cat>']);
  });

  test('single characters and pairs where words are dense', () => {
    expect(textFeatures('赤い')).toEqual(['=赤い', '赤', 'い', '<赤', '赤い', 'い>']);
    expect(textFeatures('T恤')).toEqual(['=t', '<t>', '=恤', '恤', '<恤', '恤>']);
  });

  test.each([
    ['Straße', 'STRASSE'],
    ['ISTANBUL', 'ıstanbul'],
    ['İzmir', 'izmir'],
    ['ΟΔΟΣ', 'οδος'],
    ['ﬁsh', 'fish'],
    ['cafe\u0301', 'café'],
    ['ｃａｔ', 'cat'],
    ['face,  with;tears', 'Face with tears'],
  ])('%s and %s are the same', (a, b) => {
    expect(textFeatures(a)).toEqual(textFeatures(b));
  });

  test('empty text has none, punctuation one', () => {
    expect(textFeatures('')).toEqual([]);
    expect(textFeatures(' \n\t')).toEqual([]);
    expect(textFeatures(' !? ')).toEqual(['=!?']);
  });

  test('lone surrogates and control characters do not fail', () => {
    expect(textFeatures('\ud800 a \u0000')).toEqual(['=a', '<a>']);
    expect(textFeatures('😀')).toEqual(['=😀', '<😀>']);
  });

  test('no more than the first part of a long text is read', () => {
    const long = 'word '.repeat(20_000);
    expect(textFeatures(long)).toEqual(textFeatures(long.slice(0, maxTextLength)));
    expect(textFeatures('x'.repeat(100_000)).length).toBeLessThan(10);
  });

  test('hashes stay in the table', () => {
    const { rows, marks } = hashTextFeatures('गुलाब का फूल', { rows: 7, seed: 3 });
    expect(rows.length).toBe(marks.length);
    expect(rows.every((row) => row >= 0 && row < 7)).toBe(true);
    expect(rows[0]).toBe(murmur3('=गुलाब', 3) % 7);
    expect(marks[0]).toBe(murmur3('=गुलाब', 4));
  });
});
