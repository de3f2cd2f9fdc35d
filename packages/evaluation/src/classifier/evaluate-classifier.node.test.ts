import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Classification, createVectors, l2Normalize, vectorAt } from '@nearkin/core';
import { expect, test } from 'vitest';
import { describeWithData } from '../../../../testing/shared-data.js';
import { evaluateClassifier } from './evaluate-classifier.js';

interface Item {
  readonly set: string;
  readonly file: string;
  readonly label: string;
  readonly role: string;
}

describeWithData('classes by their nearest photo, on real photos', ['features'], ([folder]) => {
  const { dim, items } = JSON.parse(readFileSync(join(folder!, 'v2-photos-dev.json'), 'utf8')) as {
    dim: number;
    items: Item[];
  };
  const bytes = readFileSync(join(folder!, 'v2-photos-dev.f32'));
  const vectors = l2Normalize(
    createVectors(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)), dim),
  );
  const rows = (set: string, role: string) =>
    items.flatMap((item, row) => (item.set === set && item.role === role ? [row] : []));

  /** The best score of each class, as plainly as can be. */
  function classify(query: number, gallery: readonly number[]): Classification[] {
    const best = new Map<string, Classification>();
    const asked = vectorAt(vectors, query);
    for (const row of gallery) {
      const { label, file } = items[row]!;
      const score = vectorAt(vectors, row).reduce((sum, value, i) => sum + value * asked[i]!, 0);
      if (score > (best.get(label)?.score ?? -Infinity))
        best.set(label, { label, score, nearestId: file, unknown: false });
    }
    return [...best.values()].sort((a, b) => b.score - a.score);
  }

  test.each([
    ['grocery', 165, 280],
    ['clothing', 104, 160],
  ])('%s: %i of %i', (set, correct, total) => {
    const gallery = rows(set, 'index');
    const samples = rows(set, 'query').map((row) => ({
      id: items[row]!.file,
      label: items[row]!.label,
      predictions: classify(row, gallery),
    }));
    const result = evaluateClassifier(samples, { labels: [...new Set(gallery.map((row) => items[row]!.label))] });
    expect(result.top1).toMatchObject({ correct, total });
    expect(result.confusion.reduce((sum, pair) => sum + pair.count, 0)).toBe(total - correct);
    expect(result.top5!.correct).toBe(result.samples.filter((sample) => sample.rank! <= 5).length);
    expect(result.untested).toEqual([]);
  });
});
