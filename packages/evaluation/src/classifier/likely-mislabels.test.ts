import { createGallery, createRng, createVectors, type Gallery, selectGallery, vectorAt } from '@nearkin/core';
import { expect, test } from 'vitest';
import { likelyMislabels } from './likely-mislabels.js';

/** Unit vectors in the plane, by their angle in degrees. */
function fan(rows: readonly (readonly [id: string, label: string, degrees: number])[]): Gallery {
  const data = rows.flatMap(([, , degrees]) => [
    Math.cos((degrees * Math.PI) / 180),
    Math.sin((degrees * Math.PI) / 180),
  ]);
  return createGallery({
    vectors: createVectors(Float32Array.from(data), 2),
    ids: rows.map(([id]) => id),
    labels: rows.map(([, label]) => label),
  });
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** Leave-one-out by the definition: right answers among the rows that have kin. */
function leaveOneOut(gallery: Gallery): { right: Set<string>; asked: number } {
  const right = new Set<string>();
  let asked = 0;
  gallery.ids.forEach((id, row) => {
    if (gallery.labels.filter((label) => label === gallery.labels[row]).length < 2) return;
    asked++;
    let [best, at] = [-Infinity, -1];
    gallery.ids.forEach((_, other) => {
      const score =
        other === row ? -Infinity : cosine(vectorAt(gallery.vectors, row), vectorAt(gallery.vectors, other));
      if (score > best) [best, at] = [score, other];
    });
    if (gallery.labels[at] === gallery.labels[row]) right.add(id);
  });
  return { right, asked };
}

test('names the picture in the wrong album, and what its removal would gain', async () => {
  const gallery = fan([
    ['apple/1', 'apple', 0],
    ['apple/2', 'apple', 10],
    ['apple/3', 'apple', 21],
    ['pear/1', 'pear', 90],
    ['pear/2', 'pear', 100],
    ['pear/wrong', 'pear', 4],
  ]);
  const report = await likelyMislabels(gallery, { neighbors: 3 });
  // apple/1 and apple/2 are nearest to the stray pear, which is nearest to an apple.
  expect(report.leaveOneOut).toMatchObject({ correct: 3, total: 6 });
  expect(report.suspects[0]).toEqual({
    id: 'pear/wrong',
    label: 'pear',
    nearestId: 'apple/1',
    nearestLabel: 'apple',
    nearestScore: expect.closeTo(Math.cos((4 * Math.PI) / 180), 6),
    ownId: 'pear/1',
    ownScore: expect.closeTo(Math.cos((86 * Math.PI) / 180), 6),
    margin: expect.closeTo(Math.cos((4 * Math.PI) / 180) - Math.cos((86 * Math.PI) / 180), 6),
    votes: 3,
    removalGain: 2,
  });
});

test('the gain of each removal is what leave-one-out says after it', async () => {
  const rng = createRng(5);
  const labels = Array.from({ length: 40 }, (_, i) => `class ${i % 5}`);
  const data = Float32Array.from(labels.flatMap((_, i) => [i % 5, rng.normal(), rng.normal() + 2]));
  const gallery = createGallery({ vectors: createVectors(data, 3), ids: labels.map((_, i) => `${i}`), labels });
  const report = await likelyMislabels(gallery);
  const before = leaveOneOut(gallery);
  expect(report.leaveOneOut).toMatchObject({ correct: before.right.size, total: before.asked });
  expect(report.suspects.length).toBeGreaterThan(5);
  for (const suspect of report.suspects) {
    const row = gallery.ids.indexOf(suspect.id);
    const after = leaveOneOut(
      selectGallery(
        gallery,
        gallery.ids.flatMap((_, r) => (r === row ? [] : [r])),
      ),
    );
    before.right.delete(suspect.id);
    expect(suspect.removalGain).toBe(after.right.size - before.right.size);
    if (suspect.nearestLabel === suspect.label) before.right.add(suspect.id);
  }
});

test('finds nothing among rows that all lie with their own', async () => {
  const report = await likelyMislabels(
    fan([
      ['a', 'x', 0],
      ['b', 'x', 5],
      ['c', 'y', 90],
      ['d', 'y', 95],
    ]),
  );
  expect(report).toMatchObject({ leaveOneOut: { correct: 4, total: 4 }, alone: 0, suspects: [] });
});

test('does not ask rows alone in their class, and does not suggest to remove them', async () => {
  const report = await likelyMislabels(
    fan([
      ['a', 'x', 0],
      ['b', 'x', 40],
      ['lonely', 'y', 1],
    ]),
  );
  expect(report.leaveOneOut).toMatchObject({ correct: 0, total: 2 });
  expect(report.alone).toBe(1);
  expect(report.suspects.map((suspect) => suspect.id)).not.toContain('lonely');
});

test('identical pictures under two labels are found, self is left out by its row', async () => {
  const report = await likelyMislabels(
    fan([
      ['a', 'x', 30],
      ['b', 'y', 30],
      ['c', 'x', 31],
      ['d', 'y', 90],
    ]),
  );
  expect(report.suspects.map((suspect) => [suspect.id, suspect.nearestId])).toContainEqual(['a', 'b']);
  expect(report.suspects.every((suspect) => suspect.nearestId !== suspect.id)).toBe(true);
});

test('refuses what cannot be compared, and can be cancelled', async () => {
  const one = fan([['a', 'x', 0]]);
  const same = fan([
    ['a', 'x', 0],
    ['b', 'x', 9],
  ]);
  const two = fan([
    ['a', 'x', 0],
    ['b', 'y', 9],
  ]);
  await expect(likelyMislabels(one)).rejects.toMatchObject({ code: 'EMPTY_GALLERY' });
  await expect(likelyMislabels(same)).rejects.toMatchObject({ code: 'TOO_FEW_CLASSES' });
  await expect(likelyMislabels(two, { neighbors: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(likelyMislabels(two, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
});
