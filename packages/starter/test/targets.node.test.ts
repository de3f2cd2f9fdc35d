import { createRng } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { alikeByWords } from '../train/alike.js';
import { createCaptionMaker } from '../train/captions.js';
import { stepTargets } from '../train/targets.js';

const texts = [
  { en: { name: 'dog face', keywords: ['animal', 'pet'] }, de: { name: 'Hund', keywords: ['Tier'] } },
  { en: { name: 'cat face', keywords: ['animal', 'pet'] }, de: { name: 'Katze', keywords: ['Tier'] } },
  { en: { name: 'wolf', keywords: ['animal'] } },
  { en: { name: 'rocket', keywords: ['space'] } },
];
const subjects = ['dog', 'cat', 'wolf', 'rocket'];
const hashing = { rows: 32_768, seed: 0 };
const maker = createCaptionMaker(texts, { hashing, subjects, forUnseen: true });

describe('alikeByWords', () => {
  it('gives rows that add up to 1, by the words that two share', () => {
    const alike = alikeByWords(texts);
    const row = (i: number) => [...alike.subarray(i * 4, (i + 1) * 4)];
    for (const i of [0, 1, 2]) expect(row(i).reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    // Nobody else has its words.
    expect(row(3)).toEqual([0, 0, 0, 0]);
    expect(alike[0]).toBe(0);
    expect(alike[1]).toBeGreaterThan(alike[2]!);
    expect(alike[2]).toBeGreaterThan(0);
    expect(alike[3]).toBe(0);
    // By hand: the wolf shares `animal`, of three among four, with both alike.
    expect(alike[8]).toBeCloseTo(0.5, 6);
  });
});

describe('createCaptionMaker', () => {
  it('knows of which others a caption is true', () => {
    const rng = createRng(3);
    const rowsOf = (text: string) => [...maker.rowsOf(text)].sort().join();
    const seen = new Map<string, readonly number[]>();
    for (let i = 0; i < 400; i++) {
      const { rows, fits } = maker.random(0, { language: 'en', rng });
      expect(fits).toContain(0);
      expect(rows.length).toBeGreaterThan(0);
      seen.set([...rows].sort().join(), fits);
    }
    expect(seen.get(rowsOf('animal'))).toEqual([0, 1, 2]);
    expect(seen.get(rowsOf('animal pet'))).toEqual([0, 1]);
    expect(seen.get(rowsOf('dog face'))).toEqual([0]);
  });

  it('takes English where a language has no words, and knows the features of its own texts alone', () => {
    const rng = createRng(1);
    for (let i = 0; i < 20; i++) expect(maker.random(3, { language: 'de', rng }).fits).toEqual([3]);
    expect(maker.rowsOf('Hund')).toHaveLength(maker.rowsOf('hund').length);
    expect(maker.rowsOf('xylophone')).toHaveLength(0);
  });

  it('leaves out what only one subject has, now and then', () => {
    const rng = createRng(5);
    const ownFeatures = new Set(maker.rowsOf('dog'));
    const without = Array.from({ length: 300 }, () => maker.random(0, { language: 'en', rng }).rows).filter(
      (rows) => !rows.some((row) => ownFeatures.has(row)) && maker.rowsOf('face').every((row) => rows.includes(row)),
    );
    expect(without.length).toBeGreaterThan(10);
  });
});

describe('stepTargets', () => {
  const rng = createRng(2);
  const captions = Array.from({ length: 3 }, () => texts.map((_, k) => maker.random(k, { language: 'en', rng })));
  const chosen = [2, 0];
  const alike = alikeByWords(texts);
  const sum = (row: Float32Array) => row.reduce((a, b) => a + b, 0);

  it('is one of a kind without softness', () => {
    const { toCaptions, toDrawings } = stepTargets(captions, { chosen, alike, soft: 0 });
    for (const set of toCaptions) expect([...set]).toEqual([0, 0, 1, 0, 1, 0, 0, 0]);
    for (const set of toDrawings) expect([...set]).toEqual([1, 0, 0, 1]);
  });

  it('adds up to 1, and keeps most for the own', () => {
    const targets = stepTargets(captions, { chosen, alike, soft: 0.4 });
    for (const set of targets.toCaptions)
      chosen.forEach((k, b) => {
        const row = set.subarray(b * 4, (b + 1) * 4);
        expect(sum(row)).toBeCloseTo(1, 6);
        expect(row[k]).toBeGreaterThanOrEqual(0.6 - 1e-6);
        expect(row[3]).toBe(0);
      });
    for (const set of targets.toDrawings)
      for (const b of [0, 1]) expect(sum(set.subarray(b * 2, (b + 1) * 2))).toBeCloseTo(1, 6);
  });

  it('gives captions that are true of a drawing a share', () => {
    const said = (fits: readonly number[]) => ({ rows: Int32Array.of(1), fits });
    const set = [said([0, 1, 2]), said([1]), said([2]), said([3])];
    const none = new Float32Array(16);
    const { toCaptions, toDrawings } = stepTargets([set], { chosen, alike: none, soft: 0.4 });
    // The wolf: the dog's caption "animal" is true of it, a quarter of a half of 0.4.
    expect([...toCaptions[0]!.subarray(0, 4)].map((value) => Number(value.toFixed(4)))).toEqual([0.05, 0, 0.95, 0]);
    // That caption may be the wolf's, half as well as the dog's.
    expect(toDrawings[0]![2]).toBeCloseTo(1 / 3, 6);
    expect(toDrawings[0]![3]).toBeCloseTo(2 / 3, 6);
  });
});
