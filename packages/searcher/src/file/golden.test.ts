import { vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { goldenAnswers } from '../../test/golden-answers.js';
import { smallGallery } from '../../test/small-gallery.js';
import { openIndex, openLazyIndex } from './index-file.js';
import { inspectFile } from './inspect-file.js';

/** A file in Node; in browsers a URL whose server answers Range requests. */
const file = new URL('../../test/golden.nearkin', import.meta.url);
const { vectors } = smallGallery({ count: 4, dim: 8, seed: 2 });

describe('a file of version 1, written once', () => {
  it.each(['wasm', 'js'] as const)('opens and answers as it did, on every host, with %s', async (engine) => {
    const index = await openIndex(file, { engine });
    const answers = Array.from({ length: 4 }, (_, i) =>
      index.search(vectorAt(vectors, i), { k: 3, partitionsToSearch: 4 }),
    );
    expect(answers.map((hits) => hits.map(({ id }) => id))).toEqual(
      goldenAnswers.map((hits) => hits.map(({ id }) => id)),
    );
    for (const [i, hits] of goldenAnswers.entries())
      for (const [j, { score }] of hits.entries()) expect(answers[i]![j]!.score).toBeCloseTo(score, 5);
  });

  it('is searched in place', async () => {
    const index = await openLazyIndex(file);
    const [best] = await index.search(vectorAt(vectors, 0), { k: 1, partitionsToSearch: 4 });
    expect(best!.id).toBe(goldenAnswers[0]![0]!.id);
  });

  it('is whole', async () => {
    expect(await inspectFile(file)).toMatchObject({
      version: 1,
      intact: true,
      index: { count: 60, dim: 8, kind: 'partitioned' },
    });
  });
});
